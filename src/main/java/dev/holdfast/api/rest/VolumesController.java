package dev.holdfast.api.rest;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.block.BlockService;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Devices;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Role;
import dev.holdfast.volume.Creation;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.VolumeTasks;
import dev.holdfast.volume.Volumes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
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
 * Volumes of a tenant.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/volumes")
class VolumesController {

	private final Volumes volumes;

	private final VolumeTasks tasks;

	private final Devices devices;

	private final VolumeLookup lookup;

	private final BlockService blocks;

	private final DataLimits limits;

	private final ServingNode node;

	VolumesController(Volumes volumes, VolumeTasks tasks, Devices devices, VolumeLookup lookup, BlockService blocks,
			DataLimits limits, ServingNode node) {
		this.volumes = volumes;
		this.tasks = tasks;
		this.devices = devices;
		this.lookup = lookup;
		this.blocks = blocks;
		this.limits = limits;
		this.node = node;
	}

	@Operation(summary = "Declares a volume")
	@Needs(Right.MANAGE)
	@LongWork(VolumeResponse.class)
	@PutMapping("/{volume}")
	ResponseEntity<Object> create(@PathVariable String tenant, @PathVariable String volume,
			@RequestBody VolumeRequest request, Conditions conditions, ShownLease lease, TokenAuthentication caller) {
		boolean administrator = caller.getPrincipal().role() == Role.ADMIN;
		VolumeKey key = VolumeLookup.key(tenant, volume);
		VolumeSpec spec = request.spec(administrator);
		return answer(conditions.replaces() ? this.tasks.replace(key, spec, lease.number(), demanded(conditions))
				: this.tasks.create(key, spec, demanded(conditions)));
	}

	/**
	 * Grows a volume.
	 */
	@Operation(summary = "Grows a volume")
	@Needs(Right.MANAGE)
	@LongWork(VolumeResponse.class)
	@PatchMapping(path = "/{volume}", consumes = { "application/merge-patch+json", MediaType.APPLICATION_JSON_VALUE })
	ResponseEntity<Object> change(@PathVariable String tenant, @PathVariable String volume,
			@RequestBody VolumeRequest.Change request, Conditions conditions, ShownLease lease) {
		VolumeKey key = this.lookup.require(tenant, volume).key();
		if (request.sizeBytes() == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "sizeBytes is what can be changed");
		}
		return answer(this.tasks.grow(key, request.sizeBytes().bytes(), lease.number(), demanded(conditions)));
	}

	private Precondition<Volume> demanded(Conditions conditions) {
		Map<UUID, String> names = this.devices.names();
		return conditions.on((volume) -> VolumeResponse.of(volume, names, this.node).tag());
	}

	private ResponseEntity<Object> answer(VolumeTasks.Outcome outcome) {
		Creation creation = outcome.creation();
		if (creation != null) {
			Volume made = creation.volume();
			VolumeResponse volume = response(this.volumes.show(made.key()).orElse(made));
			return ResponseEntity.status(creation.created() ? HttpStatus.CREATED : HttpStatus.OK)
				.eTag(volume.tag().toString())
				.body(volume);
		}
		return OperationResponse.accepted(Objects.requireNonNull(outcome.operation()));
	}

	private VolumeResponse response(Volume volume) {
		return VolumeResponse.of(volume, this.devices.names(), this.node);
	}

	@Operation(summary = "Shows a volume")
	@Needs(Right.LIST)
	@GetMapping("/{volume}")
	ResponseEntity<VolumeResponse> show(@PathVariable String tenant, @PathVariable String volume,
			Conditions conditions) {
		VolumeResponse found = response(this.lookup.shown(tenant, volume));
		return conditions.answer(found.tag(), found);
	}

	@Operation(summary = "Lists a tenant's volumes")
	@Needs(Right.LIST)
	@GetMapping
	VolumeList list(@PathVariable String tenant, HttpServletRequest request) {
		Page<Volume> page = Page.of(this.volumes.list(tenant), (volume) -> volume.key().name(), request);
		Map<UUID, String> names = this.devices.names();
		return new VolumeList(
				page.items().stream().map((volume) -> VolumeResponse.of(volume, names, this.node)).toList(),
				page.nextToken());
	}

	@Operation(summary = "Deletes a volume and what is in it")
	@Needs(Right.MANAGE)
	@DeleteMapping("/{volume}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable String tenant, @PathVariable String volume, Conditions conditions, ShownLease lease) {
		this.volumes.delete(this.lookup.require(tenant, volume).key(), lease.number(), demanded(conditions));
	}

	@Operation(summary = "Makes all that was written durable")
	@Needs(Right.WRITE)
	@PostMapping("/{volume}:flush")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void flush(@PathVariable String tenant, @PathVariable String volume, ShownLease lease, WaitingClient client) {
		this.blocks.flush(this.lookup.require(tenant, volume).key(), this.limits.options(false, lease, client));
	}

	@Operation(summary = "Makes a range read as zeroes")
	@Needs(Right.WRITE)
	@Parameter(name = "fua", in = ParameterIn.QUERY, schema = @Schema(type = "boolean"),
			description = "Whether it must be durable when answered.")
	@PostMapping("/{volume}:zero")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void zero(@PathVariable String tenant, @PathVariable String volume, @RequestBody RangeRequest range,
			ShownLease lease, WaitingClient client, HttpServletRequest request) {
		this.blocks.zero(this.lookup.require(tenant, volume).key(), range.first(), range.count(),
				this.limits.options(Query.flag(request, "fua"), lease, client));
	}

	@Operation(summary = "Gives the content of a range up")
	@Needs(Right.WRITE)
	@PostMapping("/{volume}:discard")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void discard(@PathVariable String tenant, @PathVariable String volume, @RequestBody RangeRequest range,
			ShownLease lease, WaitingClient client) {
		this.blocks.discard(this.lookup.require(tenant, volume).key(), range.first(), range.count(),
				this.limits.options(false, lease, client));
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
