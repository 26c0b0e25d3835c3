package dev.holdfast.api.rest;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.device.Devices;
import dev.holdfast.mapping.MappingKey;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.mapping.MemberState;
import dev.holdfast.mapping.MemberStatus;
import dev.holdfast.tenant.Right;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What is mapped to a device, of all tenants.
 */
@RestController
class DeviceMappingsController {

	private final Devices devices;

	private final Mappings mappings;

	DeviceMappingsController(Devices devices, Mappings mappings) {
		this.devices = devices;
		this.mappings = mappings;
	}

	@Operation(summary = "Lists what is mapped to a device")
	@Needs(Right.ADMINISTER)
	@GetMapping("/v1/devices/{device}/mappings")
	DeviceMappingList list(@PathVariable String device, HttpServletRequest request) {
		UUID uuid = this.devices.get(ResourceName.require("device", device)).known().uuid();
		List<DeviceMapping> all = this.mappings.onDevice(uuid)
			.stream()
			.flatMap((mapping) -> mapping.members()
				.stream()
				.filter((member) -> member.device().equals(uuid))
				.map((member) -> DeviceMapping.of(mapping, member)))
			.toList();
		Page<DeviceMapping> page = Page.of(all, DeviceMapping::path, request);
		return new DeviceMappingList(page.items(), page.nextToken());
	}

	@Operation(summary = "Makes all mappings to a device again")
	@Needs(Right.ADMINISTER)
	@PostMapping("/v1/devices/{device}:remap")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remap(@PathVariable String device) {
		this.mappings.remap(this.devices.get(ResourceName.require("device", device)).known().uuid());
	}

	/**
	 * A mapping's part on the device.
	 *
	 * @param tenant whose
	 * @param buffer name of the buffer
	 * @param volume name of the volume
	 * @param generation of the device that it is made for
	 * @param state where it is in its life
	 * @param tier of I/O through it, while it is mapped
	 * @param reason why that is not better, or it is not mapped
	 * @param mappedAt when it was made
	 * @param mapMicros how long that took
	 * @param ios operations that went through it
	 * @param fallbacks operations that had to go without it
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record DeviceMapping(String tenant, String buffer, String volume, long generation,
			@OneOf(MemberState.class) String state, @Schema(allowableValues = {
					"none", "bvec", "dma" }) @Nullable String tier,
			MappingResponse.@Nullable MappingReason reason, @Nullable Instant mappedAt, long mapMicros, long ios,
			long fallbacks){

		static DeviceMapping of(MappingStatus mapping, MemberStatus member) {
			MappingKey key = mapping.key();
			return new DeviceMapping(key.tenant(), key.buffer(), key.volume(), member.generation(),
					member.state().label(), member.tierLabel(), MappingResponse.MappingReason.of(member.reason()),
					member.mappedAt(), member.mapMicros(), member.ios(), member.fallbacks());
		}

		private String path() {
			return String.join("/", this.tenant, this.buffer, this.volume);
		}

	}

	/**
	 * One page of what is mapped to a device.
	 *
	 * @param mappings ordered by tenant, buffer and volume
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record DeviceMappingList(List<DeviceMapping> mappings, @Nullable String nextPageToken) {

	}

}
