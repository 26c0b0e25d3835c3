package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.block.BlockService;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.Creation;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.Volumes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Volumes of a tenant.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/volumes")
class VolumesController {

	private final Volumes volumes;

	private final VolumeLookup lookup;

	private final BlockService blocks;

	private final DataLimits limits;

	VolumesController(Volumes volumes, VolumeLookup lookup, BlockService blocks, DataLimits limits) {
		this.volumes = volumes;
		this.lookup = lookup;
		this.blocks = blocks;
		this.limits = limits;
	}

	@Needs(Right.MANAGE)
	@PutMapping("/{volume}")
	ResponseEntity<VolumeResponse> create(@PathVariable String tenant, @PathVariable String volume,
			@RequestBody VolumeRequest request) {
		Creation creation = this.volumes.create(VolumeLookup.key(tenant, volume), request.spec());
		return ResponseEntity.status(creation.created() ? HttpStatus.CREATED : HttpStatus.OK)
			.body(VolumeResponse.of(creation.volume()));
	}

	@Needs(Right.LIST)
	@GetMapping("/{volume}")
	VolumeResponse show(@PathVariable String tenant, @PathVariable String volume) {
		return VolumeResponse.of(this.lookup.require(tenant, volume));
	}

	@Needs(Right.LIST)
	@GetMapping
	VolumeList list(@PathVariable String tenant, HttpServletRequest request) {
		Page<Volume> page = Page.of(this.volumes.list(tenant), (volume) -> volume.key().name(), request);
		return new VolumeList(page.items().stream().map(VolumeResponse::of).toList(), page.nextToken());
	}

	@Needs(Right.MANAGE)
	@DeleteMapping("/{volume}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable String tenant, @PathVariable String volume) {
		this.volumes.delete(this.lookup.require(tenant, volume).key());
	}

	@Needs(Right.WRITE)
	@PostMapping("/{volume}:flush")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void flush(@PathVariable String tenant, @PathVariable String volume) {
		this.blocks.flush(this.lookup.require(tenant, volume).key(), this.limits.options(false));
	}

	/**
	 * One page of a tenant's volumes.
	 *
	 * @param volumes ordered by name
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record VolumeList(List<VolumeResponse> volumes, @Nullable String nextPageToken) {

	}

}
