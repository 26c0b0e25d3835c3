package dev.holdfast.api.rest;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.MappingRemovals;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.DeclaredMapping;
import dev.holdfast.mapping.WantedMapping;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.Volumes;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Mappings of a buffer to volumes.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/buffers/{buffer}/mappings")
class MappingsController {

	private final Mappings mappings;

	private final MappingRemovals removals;

	private final BufferLookup buffers;

	private final Volumes volumes;

	MappingsController(Mappings mappings, MappingRemovals removals, BufferLookup buffers, Volumes volumes) {
		this.mappings = mappings;
		this.removals = removals;
		this.buffers = buffers;
		this.volumes = volumes;
	}

	@Operation(summary = "Declares a mapping")
	@Needs(Right.WRITE)
	@PutMapping("/{volume}")
	ResponseEntity<MappingResponse> create(@PathVariable String tenant, @PathVariable String buffer,
			@PathVariable String volume, @RequestBody(required = false) @Nullable MappingRequest request,
			Conditions conditions) {
		MappingSpec spec = ((request != null) ? request : MappingRequest.DEFAULT).spec();
		if (conditions.replaces()) {
			return answer(HttpStatus.OK, this.mappings.change(declaration(tenant, buffer), volume(tenant, volume),
					demanded(conditions), (before) -> spec));
		}
		WantedMapping wanted = new WantedMapping(this.buffers.open(tenant, buffer),
				this.volumes.open(VolumeLookup.key(tenant, volume)), spec);
		DeclaredMapping declared = this.mappings.declare(List.of(wanted), demanded(conditions)).getFirst();
		return answer(declared.created() ? HttpStatus.CREATED : HttpStatus.OK, declared.status());
	}

	@Operation(summary = "Changes what is asked of a mapping")
	@Needs(Right.WRITE)
	@PatchMapping(path = "/{volume}", consumes = { "application/merge-patch+json", MediaType.APPLICATION_JSON_VALUE })
	ResponseEntity<MappingResponse> change(@PathVariable String tenant, @PathVariable String buffer,
			@PathVariable String volume, @RequestBody MappingRequest.Change request, Conditions conditions) {
		return answer(HttpStatus.OK, this.mappings.change(declaration(tenant, buffer), volume(tenant, volume),
				demanded(conditions), request::of));
	}

	@Operation(summary = "Shows a mapping")
	@Needs(Right.READ)
	@GetMapping("/{volume}")
	ResponseEntity<MappingResponse> show(@PathVariable String tenant, @PathVariable String buffer,
			@PathVariable String volume, Conditions conditions) {
		MappingStatus found = this.mappings.find(declaration(tenant, buffer), volume(tenant, volume))
			.orElseThrow(() -> new ProblemException(Problem.NOT_FOUND, "The buffer is not mapped to this volume"));
		return conditions.answer(MappingResponse.tag(found), MappingResponse.of(found));
	}

	@Operation(summary = "Lists mappings of a buffer")
	@Needs(Right.READ)
	@GetMapping
	MappingList list(@PathVariable String tenant, @PathVariable String buffer, HttpServletRequest request) {
		Page<MappingStatus> page = Page.of(this.mappings.list(declaration(tenant, buffer)),
				(mapping) -> mapping.key().volume(), request);
		return new MappingList(page.items().stream().map(MappingResponse::of).toList(), page.nextToken());
	}

	@Operation(summary = "Ends a mapping")
	@Needs(Right.WRITE)
	@LongWork(Void.class)
	@DeleteMapping("/{volume}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	ResponseEntity<Object> delete(@PathVariable String tenant, @PathVariable String buffer, @PathVariable String volume,
			Conditions conditions) {
		OperationSnapshot operation = this.removals.delete(declaration(tenant, buffer), volume(tenant, volume),
				demanded(conditions));
		return (operation != null) ? OperationResponse.accepted(operation) : ResponseEntity.noContent().build();
	}

	@Operation(summary = "Makes a mapping again on each device")
	@Needs(Right.WRITE)
	@PostMapping("/{volume}:remap")
	MappingResponse remap(@PathVariable String tenant, @PathVariable String buffer, @PathVariable String volume) {
		return MappingResponse.of(this.mappings.remap(declaration(tenant, buffer), volume(tenant, volume)));
	}

	private BufferDeclaration declaration(String tenant, String buffer) {
		return this.buffers.declaration(tenant, buffer);
	}

	/** Also one whose devices are away. */
	private VolumeHandle volume(String tenant, String volume) {
		return this.volumes.require(VolumeLookup.key(tenant, volume));
	}

	private static Precondition<MappingStatus> demanded(Conditions conditions) {
		return conditions.on(MappingResponse::tag);
	}

	private static ResponseEntity<MappingResponse> answer(HttpStatus status, MappingStatus mapping) {
		return ResponseEntity.status(status)
			.eTag(MappingResponse.tag(mapping).toString())
			.body(MappingResponse.of(mapping));
	}

	/**
	 * One page of mappings.
	 *
	 * @param mappings ordered by the volume's name
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record MappingList(List<MappingResponse> mappings, @Nullable String nextPageToken) {

	}

}
