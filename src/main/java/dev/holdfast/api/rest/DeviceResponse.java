package dev.holdfast.api.rest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceHold;
import dev.holdfast.device.DeviceSelector;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Drive;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.device.WriteCache;
import dev.holdfast.volume.SpaceUsage;
import org.jspecify.annotations.Nullable;

/**
 * A device as an administrator sees it.
 *
 * @param name what it is called
 * @param uuid identity, on its label
 * @param state whether it serves I/O
 * @param reason why it does not, if so
 * @param path where it is, or was asked for
 * @param serial number, if the drive has one
 * @param wwid world-wide identifier, if the drive has one
 * @param model if the drive says so
 * @param sizeBytes in whole blocks
 * @param logicalBlockSize in bytes
 * @param writeCache {@code write-back} if a write needs a flush to be durable
 * @param limits of one request
 * @param generation grows each time it is attached
 * @param capacity how the room for volumes is used
 * @param inflight operations accepted and not yet released
 * @param stuck those of them that have not ended in time: what overlaps them waits
 * @param held I/O that waits for it
 * @param labelState {@code valid}: others are not attached
 * @param labelSequence grows with each change of the label
 * @param unassigned volumes that nobody here has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeviceResponse(String name, UUID uuid, @OneOf(DeviceState.class) String state, @Nullable String reason,
		@Nullable String path, @Nullable String serial, @Nullable String wwid, @Nullable String model,
		@Nullable Long sizeBytes, @Nullable Integer logicalBlockSize,
		@OneOf(WriteCache.class) @Nullable String writeCache, DriveResponse.@Nullable Limits limits,
		@Nullable Long generation, @Nullable Capacity capacity, @Nullable Integer inflight, @Nullable Integer stuck,
		@Nullable Held held, @Nullable String labelState, @Nullable Long labelSequence, List<Unassigned> unassigned) {

	EntityTag tag() {
		return EntityTag.of(new Object[] { this.uuid, this.name }, this);
	}

	static DeviceResponse of(DeviceStatus status, SpaceUsage usage, List<VolumeRecord> unassigned) {
		Optional<Device> online = Optional.ofNullable(status.device());
		Optional<Drive> drive = Optional.ofNullable(status.drive());
		DeviceSelector selector = status.known().selector();
		Path path = status.path();
		return new DeviceResponse(status.known().name(), status.known().uuid(), status.state().label(), status.reason(),
				(path != null) ? path.toString() : null, drive.map(Drive::serial).orElse(selector.serial()),
				drive.map(Drive::wwid).orElse(selector.wwid()), drive.map(Drive::model).orElse(null),
				online.map(Device::size).orElse(null), online.map(Device::blockSize).orElse(null),
				drive.map((each) -> each.writeCache().label()).orElse(null),
				drive.map((each) -> DriveResponse.Limits.of(each.limits())).orElse(null),
				online.map(Device::generation).orElse(null), online.map((each) -> Capacity.of(usage)).orElse(null),
				online.map(Device::inFlight).orElse(null), online.map((each) -> each.overdue().count()).orElse(null),
				online.map((each) -> Held.of(each.hold())).orElse(null), online.map((each) -> "valid").orElse(null),
				online.map((each) -> each.labels().label().sequence()).orElse(null),
				unassigned.stream().map(Unassigned::of).toList());
	}

	/**
	 * I/O that waits while the drive is away or suspended.
	 *
	 * @param operations how many
	 * @param bytes that writes among them hold
	 * @param limitOperations how many there may be
	 * @param limitBytes how many bytes there may be
	 */
	record Held(int operations, long bytes, int limitOperations, long limitBytes) {

		static Held of(DeviceHold hold) {
			return new Held(hold.operations(), hold.bytes(), hold.limits().operations(), hold.limits().bytes());
		}

	}

	/**
	 * How the room for volumes is used, in bytes. The last three add up to the first.
	 *
	 * @param totalBytes all
	 * @param usedBytes by volumes
	 * @param freeBytes known to be zero
	 * @param dirtyBytes to be zeroed before they are used
	 */
	record Capacity(long totalBytes, long usedBytes, long freeBytes, long dirtyBytes) {

		static Capacity of(SpaceUsage usage) {
			return new Capacity(usage.total(), usage.used(), usage.free(), usage.dirty());
		}

	}

	/**
	 * A volume whose tenant does not exist here, or whose name is taken.
	 *
	 * @param uuid identity
	 * @param tenant that the label names
	 * @param name that the label names
	 * @param sizeBytes in bytes
	 */
	record Unassigned(UUID uuid, String tenant, String name, long sizeBytes) {

		static Unassigned of(VolumeRecord record) {
			return new Unassigned(record.uuid(), record.tenant(), record.name(), record.sizeBytes());
		}

	}

}
