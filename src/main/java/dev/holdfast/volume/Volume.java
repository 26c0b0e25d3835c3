package dev.holdfast.volume;

import java.util.List;
import java.util.UUID;

import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * A volume as it was at one moment.
 *
 * @param key tenant and name
 * @param uuid identity, kept when the device moves to another node
 * @param sizeBytes a multiple of {@code blockSize}
 * @param blockSize what is written atomically, in bytes: 512 or 4096
 * @param state where it is in its life
 * @param reason why it cannot be used, or {@code null} if it can
 * @param layout how its bytes follow each other
 * @param stripeBytes width of a stripe in bytes; 0 in linear volumes
 * @param devices identities of the devices that it lives on, home first; empty before it
 * has any
 * @param epoch grows with each change of its extents
 */
public record Volume(VolumeKey key, UUID uuid, long sizeBytes, int blockSize, VolumeState state,
		@Nullable String reason, VolumeRecord.Layout layout, int stripeBytes, List<UUID> devices, long epoch) {

	static Volume planned(VolumeKey key, UUID uuid, VolumeSpec spec) {
		return new Volume(key, uuid, spec.sizeBytes(), spec.blockSizeOrDefault(), VolumeState.CREATING, null,
				spec.layoutOrDefault(), spec.stripeBytesOrDefault(), List.of(), 1);
	}

	static Volume of(VolumeRecord record, VolumeState state) {
		return new Volume(new VolumeKey(record.tenant(), record.name()), record.uuid(), record.sizeBytes(),
				record.blockSize(), state, null, record.layout(), record.stripeBytes(), record.devices(),
				record.epoch());
	}

	Volume on(List<UUID> others) {
		return new Volume(this.key, this.uuid, this.sizeBytes, this.blockSize, this.state, this.reason, this.layout,
				this.stripeBytes, others, this.epoch);
	}

	Volume in(VolumeState next, @Nullable String why) {
		return new Volume(this.key, this.uuid, this.sizeBytes, this.blockSize, next, why, this.layout, this.stripeBytes,
				this.devices, this.epoch);
	}

}
