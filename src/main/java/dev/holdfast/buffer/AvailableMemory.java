package dev.holdfast.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that this process can have without anybody being killed for it: what the kernel
 * thinks is available on the node ({@code MemAvailable}), or less in a control group.
 */
public final class AvailableMemory {

	/** Left to everybody else. */
	private static final long RESERVE = 256L << 20;

	private final Path meminfo;

	private final Path group;

	/** That of this process. */
	public AvailableMemory() {
		this(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
	}

	AvailableMemory(Path meminfo, Path group) {
		this.meminfo = meminfo;
		this.group = group;
	}

	/**
	 * How much there is.
	 * @return bytes; {@link Long#MAX_VALUE} if the kernel does not say
	 */
	public long bytes() {
		return Math.max(0, Math.min(onNode(), inGroup()) - RESERVE);
	}

	private long onNode() {
		return field(this.meminfo, "MemAvailable:", Long.MAX_VALUE >> 10) << 10;
	}

	/** What the group has of files is given up for it. */
	private long inGroup() {
		String most = text(this.group.resolve("memory.max"));
		if (most.isEmpty() || most.equals("max")) {
			return Long.MAX_VALUE;
		}
		Path statistics = this.group.resolve("memory.stat");
		long files = field(statistics, "inactive_file", 0) + field(statistics, "active_file", 0);
		String used = text(this.group.resolve("memory.current"));
		return Long.parseLong(most) - (used.isEmpty() ? 0 : Long.parseLong(used) - files);
	}

	private static long field(Path file, String name, long otherwise) {
		return text(file).lines()
			.filter((line) -> line.startsWith(name))
			.map((line) -> line.substring(name.length()).replace("kB", "").strip())
			.mapToLong(Long::parseLong)
			.findFirst()
			.orElse(otherwise);
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
