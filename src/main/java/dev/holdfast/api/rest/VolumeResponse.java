package dev.holdfast.api.rest;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeState;
import org.jspecify.annotations.Nullable;

/**
 * A volume as its owner sees it.
 *
 * @param name in its tenant
 * @param uuid identity
 * @param sizeBytes in bytes
 * @param blockSize in bytes
 * @param layout how its bytes follow each other
 * @param stripeBytes width of a stripe, if it is striped
 * @param state where it is in its life
 * @param reason why it cannot be used, if it cannot
 * @param devices names of the devices that it is on, home first; identities of those that
 * have no name here
 * @param node the machine that serves it
 * @param endpoint where that machine is reached
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VolumeResponse(String name, UUID uuid, long sizeBytes, int blockSize,
		@OneOf(VolumeRecord.Layout.class) String layout, @Nullable Integer stripeBytes,
		@OneOf(VolumeState.class) String state, @Nullable String reason, List<String> devices, String node,
		URI endpoint) {

	EntityTag tag() {
		return EntityTag.of(new Object[] { this.uuid, this.name, this.sizeBytes }, this);
	}

	static VolumeResponse of(Volume volume, Map<UUID, String> deviceNames, ServingNode node) {
		boolean striped = volume.layout() == VolumeRecord.Layout.STRIPED;
		return new VolumeResponse(volume.key().name(), volume.uuid(), volume.sizeBytes(), volume.blockSize(),
				volume.layout().label(), striped ? volume.stripeBytes() : null, volume.state().label(), volume.reason(),
				volume.devices().stream().map((device) -> deviceNames.getOrDefault(device, device.toString())).toList(),
				node.name(), node.endpoint());
	}

}
