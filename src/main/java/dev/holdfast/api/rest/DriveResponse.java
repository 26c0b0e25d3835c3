package dev.holdfast.api.rest;

import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.device.Drive;
import dev.holdfast.device.DriveLimits;
import dev.holdfast.device.FoundDrive;
import dev.holdfast.device.WriteCache;
import org.jspecify.annotations.Nullable;

/**
 * A drive of this node that is not attached.
 *
 * @param path where it is
 * @param serial number, if the drive has one
 * @param wwid world-wide identifier, if the drive has one
 * @param model if the drive says so
 * @param sizeBytes in bytes
 * @param logicalBlockSize in bytes
 * @param physicalBlockSize in bytes
 * @param writeCache {@code write-back} if a write needs a flush to be durable
 * @param limits of one request
 * @param inUse who uses it, if that is known
 * @param label identity of the device whose label it has, if any
 * @param device name of that device, if it belongs here
 * @param unresponsive {@code true} if a read did not come back in time, so that nothing
 * is known of its label
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DriveResponse(String path, @Nullable String serial, @Nullable String wwid, @Nullable String model,
		long sizeBytes, int logicalBlockSize, int physicalBlockSize, @OneOf(WriteCache.class) String writeCache,
		Limits limits, @Nullable String inUse, @Nullable UUID label, @Nullable String device,
		@Nullable Boolean unresponsive) {

	static DriveResponse of(FoundDrive found, Map<UUID, String> names) {
		Drive drive = found.drive();
		UUID label = found.label();
		return new DriveResponse(drive.path().toString(), drive.serial(), drive.wwid(), drive.model(),
				drive.sizeBytes(), drive.logicalBlockSize(), drive.physicalBlockSize(), drive.writeCache().label(),
				Limits.of(drive.limits()), drive.inUse(), label, (label != null) ? names.get(label) : null,
				found.answers() ? null : true);
	}

	/**
	 * What one request may be at most.
	 *
	 * @param maxRequestBytes of a read or write
	 * @param maxSegments of its memory
	 * @param discardMaxBytes of a discard; 0 for none
	 * @param writeZeroesMaxBytes of zeroes; 0 for none
	 * @param rotational whether it has to seek
	 */
	record Limits(long maxRequestBytes, int maxSegments, long discardMaxBytes, long writeZeroesMaxBytes,
			boolean rotational) {

		static Limits of(DriveLimits limits) {
			return new Limits(limits.maxSectorsBytes(), limits.maxSegments(), limits.discardMaxBytes(),
					limits.writeZeroesMaxBytes(), limits.rotational());
		}

	}

}
