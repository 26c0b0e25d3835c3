package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Whether the drive behind an open descriptor is still there, by what sysfs says of it: a
 * pulled drive answers reads with nothing and writes with {@code ENOSPC} for a while
 * before anything else tells of it. A regular file cannot be pulled. Any thread; does not
 * touch the drive.
 */
final class DrivePresence {

	private static final int SECTOR = 512;

	private final @Nullable Path node;

	private final long size;

	private final String sequence;

	private DrivePresence(@Nullable Path node, long size) {
		this.node = node;
		this.size = size;
		this.sequence = (node != null) ? text(node.resolve("diskseq")) : "";
	}

	/**
	 * Of a drive that has just been opened.
	 * @param size that its label is for, in bytes
	 */
	static DrivePresence of(BlockFile file, long size) {
		String number = file.blockDevice() ? BlockNode.number(file.path()) : null;
		return new DrivePresence((number != null) ? Path.of("/sys/dev/block", number) : null, size);
	}

	/**
	 * Whether it can go away at all.
	 */
	boolean canLeave() {
		return this.node != null;
	}

	/**
	 * Whether it may answer a write before that is durable, and lose it with its power.
	 * Also where nothing is known.
	 */
	boolean hasVolatileCache() {
		Path present = this.node;
		if (present == null) {
			return false;
		}
		String own = text(present.resolve("queue/write_cache"));
		return !(own.isEmpty() ? text(present.resolve("../queue/write_cache")) : own).equals("write through");
	}

	/**
	 * Whether it has gone: no node, another one's node, less room than its label says, or
	 * an NVMe controller that is not alive.
	 */
	boolean gone() {
		Path present = this.node;
		if (present == null) {
			return false;
		}
		String sectors = text(present.resolve("size"));
		return sectors.isEmpty() || Long.parseLong(sectors) * SECTOR < this.size
				|| !text(present.resolve("diskseq")).equals(this.sequence) || isDead(present);
	}

	private static boolean isDead(Path node) {
		String state = text(node.resolve("device/state"));
		return !state.isEmpty() && Files.exists(node.resolve("device/subsysnqn")) && !state.equals("live");
	}

	private static String text(Path file) {
		try {
			return Files.readString(file).strip();
		}
		catch (IOException ex) {
			return "";
		}
	}

}
