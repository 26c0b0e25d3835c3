package dev.holdfast.device;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A block device of this node as the kernel shows it in sysfs: a whole drive, or one
 * partition where a path names that. How it was when it was looked at; nothing was
 * opened.
 * <p>
 * <b>Identity.</b> The kernel's name and the path say nothing: a drive that is plugged in
 * again takes any. A serial number is unique to its vendor at most, and belongs to the
 * NVM subsystem, not to the namespace (NVMe Base Specification, Identify Controller,
 * bytes 23:04), so all namespaces of an NVMe drive share it. The {@code wwid} tells them
 * apart: it is the longest identifier that the namespace has (UUID, NGUID, EUI64), else
 * vendor, serial number, model and namespace number, which are unique together (Linux
 * commit 118472ab8532, 4.6; with UUID, 6484f5d16f9d). For SCSI it is the best of the
 * device identification page (commit 248d4fe95f23, 4.5). Neither is a promise: firmware
 * is known that gives every unit the same (the kernel's {@code NVME_QUIRK_BOGUS_NID}),
 * two paths to one SCSI drive are two drives here, and loop, zram and most virtual drives
 * have none. What has no {@code wwid} is known by its label alone.
 *
 * @param kernelName such as {@code nvme0n1}
 * @param path of its node, such as {@code /dev/nvme0n1}; in a container it need not be
 * there
 * @param partition 0 for a whole drive, else the number of the partition that this is;
 * identity, model, block sizes, cache and limits are then those of the drive it is on
 * @param serial the manufacturer's number
 * @param wwid worldwide unique identifier with its kind in front, as in
 * {@code eui.0025385b71b01c3a}
 * @param model as the drive calls itself
 * @param sizeBytes of the drive, or of the partition
 * @param logicalBlockSize bytes of the smallest read or write
 * @param physicalBlockSize bytes of what the drive itself writes at once, at least the
 * logical ones
 * @param writeCache whether a write needs a flush to be durable
 * @param limits what one request may be at most
 * @param readOnly whether the kernel refuses writes
 * @param inUse who uses it, to come after its name in a sentence ("has partitions", "is
 * held by dm-0", "is mounted", "is used as swap"), or {@code null} if nobody is known to.
 * Who has it open, or mounts it in another mount namespace, is not known: opening it with
 * {@code O_EXCL} is the test
 * @param backingFile for a loop device, the path of its file when it was attached, and
 * {@code (deleted)} after a space once that is gone
 */
public record Drive(String kernelName, Path path, int partition, @Nullable String serial, @Nullable String wwid,
		@Nullable String model, long sizeBytes, int logicalBlockSize, int physicalBlockSize, WriteCache writeCache,
		DriveLimits limits, boolean readOnly, @Nullable String inUse, @Nullable String backingFile) {

	/**
	 * Whether it can be the same drive, by the best that both say of themselves. The
	 * kernel's name says nothing.
	 */
	boolean maybe(Drive other) {
		if (this.wwid != null && other.wwid != null) {
			return this.wwid.equals(other.wwid);
		}
		if (this.serial != null && other.serial != null) {
			return this.serial.equals(other.serial);
		}
		return this.backingFile == null || other.backingFile == null || this.backingFile.equals(other.backingFile);
	}

	/** The same, under another path. */
	Drive at(Path other) {
		return new Drive(this.kernelName, other, this.partition, this.serial, this.wwid, this.model, this.sizeBytes,
				this.logicalBlockSize, this.physicalBlockSize, this.writeCache, this.limits, this.readOnly, this.inUse,
				this.backingFile);
	}

}
