package dev.holdfast.api.rest;

import java.util.List;

import dev.holdfast.block.BatchOperation;
import dev.holdfast.block.Batches;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.VolumeKey;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * I/O between a volume and the tenant's buffers.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/volumes")
class BatchController {

	private final Batches batches;

	private final VolumeLookup lookup;

	private final DataLimits limits;

	BatchController(Batches batches, VolumeLookup lookup, DataLimits limits) {
		this.batches = batches;
		this.lookup = lookup;
		this.limits = limits;
	}

	@Operation(summary = "Does many operations between the volume and buffers of the tenant")
	@Needs(Right.WRITE)
	@PostMapping("/{volume}:io")
	BatchResponse run(@PathVariable String tenant, @PathVariable String volume, @RequestBody BatchRequest batch,
			ShownLease lease, WaitingClient client, HttpServletRequest request) {
		VolumeKey key = this.lookup.require(tenant, volume).key();
		List<BatchOperation> operations = batch.requested(this.limits.batch());
		TransferOptions options = this.limits.options(false, lease, client);
		return BatchResponse.of(batch.inTurn() ? this.batches.inTurn(key, operations, options)
				: this.batches.atOnce(key, operations, options), request);
	}

}
