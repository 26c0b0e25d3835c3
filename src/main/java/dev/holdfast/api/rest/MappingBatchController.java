package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.WantedMapping;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.Volumes;
import io.swagger.v3.oas.annotations.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Several mappings at once.
 */
@RestController
class MappingBatchController {

	private final Mappings mappings;

	private final BufferLookup buffers;

	private final Volumes volumes;

	MappingBatchController(Mappings mappings, BufferLookup buffers, Volumes volumes) {
		this.mappings = mappings;
		this.buffers = buffers;
		this.volumes = volumes;
	}

	@Operation(summary = "Declares several mappings, all of them or none")
	@Needs(Right.WRITE)
	@PostMapping("/v1/tenants/{tenant}/mappings:batchCreate")
	CreatedMappings create(@PathVariable String tenant, @RequestBody MappingRequest.Batch batch) {
		List<MappingRequest.BatchMapping> asked = batch.required();
		List<WantedMapping> requests = new ArrayList<>();
		for (int i = 0; i < asked.size(); i++) {
			requests.add(request(tenant, asked.get(i), i));
		}
		return new CreatedMappings(this.mappings.declare(requests)
			.stream()
			.map((declared) -> MappingResponse.of(declared.status()))
			.toList());
	}

	private WantedMapping request(String tenant, MappingRequest.@Nullable BatchMapping asked, int index) {
		try {
			if (asked == null) {
				throw new ProblemException(Problem.MALFORMED_REQUEST, "mappings are objects, none of them null");
			}
			return new WantedMapping(this.buffers.open(tenant, asked.bufferName()),
					this.volumes.open(VolumeLookup.key(tenant, asked.volumeName())), asked.spec());
		}
		catch (ProblemException ex) {
			throw ex.with("index", index);
		}
	}

	/**
	 * What was asked for, in the same order.
	 *
	 * @param mappings as they are now
	 */
	record CreatedMappings(List<MappingResponse> mappings) {

	}

}
