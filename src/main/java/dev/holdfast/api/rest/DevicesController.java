package dev.holdfast.api.rest;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Devices;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.DeviceDrains;
import dev.holdfast.volume.Volumes;
import io.swagger.v3.oas.annotations.Operation;
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
 * Devices, for administrators.
 */
@RestController
@RequestMapping("/v1/devices")
class DevicesController {

	private final Devices devices;

	private final Volumes volumes;

	private final DeviceDrains drains;

	private final DataLimits limits;

	DevicesController(Devices devices, Volumes volumes, DeviceDrains drains, DataLimits limits) {
		this.drains = drains;
		this.limits = limits;
		this.devices = devices;
		this.volumes = volumes;
	}

	@Operation(summary = "Attaches a drive")
	@Needs(Right.ADMINISTER)
	@PutMapping("/{device}")
	ResponseEntity<DeviceResponse> attach(@PathVariable String device, @RequestBody DeviceRequestBody request,
			Conditions conditions) {
		boolean attached = this.devices.attach(device, request.request(), demanded(conditions));
		DeviceResponse found = response(this.devices.get(device));
		return ResponseEntity.status(attached ? HttpStatus.CREATED : HttpStatus.OK)
			.eTag(found.tag().toString())
			.body(found);
	}

	@Operation(summary = "Shows a device")
	@Needs(Right.ADMINISTER)
	@GetMapping("/{device}")
	ResponseEntity<DeviceResponse> show(@PathVariable String device, Conditions conditions) {
		DeviceResponse found = response(this.devices.get(ResourceName.require("device", device)));
		return conditions.answer(found.tag(), found);
	}

	/**
	 * Devices that belong here, and what else is there to be attached.
	 */
	@Operation(summary = "Lists devices, and drives that could be attached")
	@Needs(Right.ADMINISTER)
	@GetMapping
	DeviceList list(HttpServletRequest request) {
		Page<DeviceStatus> page = Page.of(this.devices.list(), (status) -> status.known().name(), request);
		Map<UUID, String> names = this.devices.names();
		return new DeviceList(page.items().stream().map(this::response).toList(),
				this.devices.discovered().stream().map((found) -> DriveResponse.of(found, names)).toList(),
				page.nextToken());
	}

	@Operation(summary = "Detaches a device")
	@Needs(Right.ADMINISTER)
	@DeleteMapping("/{device}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void detach(@PathVariable String device, Conditions conditions) {
		this.devices.detach(ResourceName.require("device", device), demanded(conditions));
	}

	@Operation(summary = "Holds I/O to a device and lets go of its drive, which may be pulled then")
	@Needs(Right.ADMINISTER)
	@PostMapping("/{device}:suspend")
	DeviceResponse suspend(@PathVariable String device) {
		this.devices.suspend(ResourceName.require("device", device), this.limits.deadline());
		return response(this.devices.get(device));
	}

	@Operation(summary = "Serves I/O of a device that was suspended")
	@Needs(Right.ADMINISTER)
	@PostMapping("/{device}:resume")
	DeviceResponse resume(@PathVariable String device) {
		this.devices.resume(ResourceName.require("device", device));
		this.drains.resume(device);
		return response(this.devices.get(device));
	}

	@Operation(summary = "Moves everything on a device to the others")
	@Needs(Right.ADMINISTER)
	@LongWork(Void.class)
	@PostMapping("/{device}:drain")
	ResponseEntity<Object> drain(@PathVariable String device) {
		return OperationResponse.accepted(this.drains.drain(ResourceName.require("device", device)));
	}

	@Operation(summary = "Moves everything on a device to another one")
	@Needs(Right.ADMINISTER)
	@LongWork(Void.class)
	@PostMapping("/{device}:replace")
	ResponseEntity<Object> replace(@PathVariable String device, @RequestBody Replacement request) {
		return OperationResponse
			.accepted(this.drains.replace(ResourceName.require("device", device), request.device()));
	}

	private Precondition<DeviceStatus> demanded(Conditions conditions) {
		return conditions.on((status) -> response(status).tag());
	}

	private DeviceResponse response(DeviceStatus status) {
		return DeviceResponse.of(status, this.volumes.usage(status.known().uuid()),
				this.volumes.unassigned(status.known().uuid()));
	}

	/**
	 * What is to take a device's place.
	 *
	 * @param replacement name of a device that is attached
	 */
	record Replacement(@Nullable String replacement) {

		String device() {
			if (this.replacement == null) {
				throw new ProblemException(Problem.MALFORMED_REQUEST, "replacement names the device to move to");
			}
			return ResourceName.require("device", this.replacement);
		}

	}

	/**
	 * One page of devices.
	 *
	 * @param devices ordered by name
	 * @param discovered drives of this node that are not attached
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record DeviceList(List<DeviceResponse> devices, List<DriveResponse> discovered, @Nullable String nextPageToken) {

	}

}
