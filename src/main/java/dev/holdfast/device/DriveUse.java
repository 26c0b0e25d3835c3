package dev.holdfast.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What is mounted and swapped to at one moment, to say who uses a drive.
 *
 * @param mounted {@code major:minor} of each device that is mounted
 * @param swaps kernel names of devices that are swapped to
 */
record DriveUse(Set<String> mounted, Set<String> swaps) {

	private static final String PARTITIONS = "has partitions";

	/**
	 * Looks now. Mounts are those of our own mount namespace
	 * ({@code /proc/self/mountinfo}, third field, man proc_pid_mountinfo), and those of
	 * Btrfs anywhere: it mounts under a number that is no device's, and has the devices
	 * in {@code /sys/fs/btrfs}.
	 */
	static DriveUse now(Path sys, Path dev, Path proc) {
		Set<String> mounted = new HashSet<>();
		for (String line : lines(proc.resolve("self/mountinfo"))) {
			mounted.add(field(line, 2));
		}
		SysfsDirectory btrfs = new SysfsDirectory(sys.resolve("fs/btrfs"));
		for (String system : btrfs.names("")) {
			for (String device : btrfs.names(system + "/devices")) {
				String number = btrfs.text(system + "/devices/" + device + "/dev");
				if (number != null) {
					mounted.add(number);
				}
			}
		}
		Set<String> swaps = new HashSet<>();
		for (String line : lines(proc.resolve("swaps"))) {
			// The node itself, whatever link to it swapon was given.
			String path = field(line, 0);
			if (path.startsWith(dev + "/")) {
				swaps.add(path.substring(dev.toString().length() + 1).replace('/', '!'));
			}
		}
		return new DriveUse(mounted, swaps);
	}

	/**
	 * Who uses it.
	 * @param block a drive or a partition
	 * @param drive the same, or the drive that the partition is on
	 * @return what comes after its name in a sentence, or {@code null}
	 */
	@Nullable String of(SysfsDirectory block, SysfsDirectory drive) {
		String use = of(block);
		if (use != null) {
			return use;
		}
		if (block.equals(drive)) {
			return drive.names("").stream().anyMatch((name) -> drive.has(name + "/partition")) ? PARTITIONS : null;
		}
		String all = of(drive);
		return (all != null) ? "is part of %s, which %s".formatted(drive.name(), all) : null;
	}

	private @Nullable String of(SysfsDirectory block) {
		String number = block.text("dev");
		if (number != null && this.mounted.contains(number)) {
			return "is mounted";
		}
		if (this.swaps.contains(block.name())) {
			return "is used as swap";
		}
		List<String> holders = block.names("holders");
		return holders.isEmpty() ? null : "is held by " + String.join(", ", holders);
	}

	private static List<String> lines(Path file) {
		try {
			// Mount points may be named in any character set.
			return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	private static String field(String line, int index) {
		String[] fields = line.split("\\s+", index + 2);
		return (index < fields.length) ? fields[index] : "";
	}

}
