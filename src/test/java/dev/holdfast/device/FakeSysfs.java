package dev.holdfast.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tree like that of sysfs, written by hand: devices in directories of their own, links
 * to them from {@code block} and {@code dev/block}, and next to it the parts of
 * {@code /proc} that say what is mounted.
 */
final class FakeSysfs {

	static final long GIBIBYTE = 1L << 30;

	private final Path root;

	FakeSysfs(Path root) {
		this.root = root;
		write(root.resolve("proc/self/mountinfo"), "22 27 0:21 / /proc rw,relatime - proc proc rw\n");
		write(root.resolve("proc/swaps"), "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
		directory(root.resolve("sys/block"));
		directory(root.resolve("sys/dev/block"));
		directory(root.resolve("dev"));
	}

	Drives drives() {
		return new Drives(this.root.resolve("sys"), this.root.resolve("dev"), this.root.resolve("proc"));
	}

	Path dev() {
		return this.root.resolve("dev");
	}

	/** A drive that has what each has: numbers, size and block sizes. */
	Node drive(String name, String number, long sectors) {
		Node node = new Node(this.root.resolve("sys/devices/fake/block").resolve(name));
		node.set("dev", number).set("size", sectors).set("ro", 0).set("hidden", 0).set("diskseq", 1);
		node.set("queue/logical_block_size", 512).set("queue/physical_block_size", 4096);
		node.set("queue/max_sectors_kb", 1280).set("queue/max_segments", 128).set("queue/rotational", 0);
		node.set("queue/discard_max_bytes", 2199023255040L).set("queue/write_zeroes_max_bytes", 0);
		node.set("queue/write_cache", "write back");
		directory(node.path().resolve("holders"));
		link("sys/block/" + name, node.path());
		link("sys/dev/block/" + number, node.path());
		return node;
	}

	/** A namespace of the one NVMe drive there is, without an identifier of its own. */
	Node nvme(String name, String number) {
		Node node = drive(name, number, GIBIBYTE / 512);
		return node.set("device/serial", "S4EVNX0M1           ").set("device/model", "Samsung SSD 970          ");
	}

	void link(String link, Path target) {
		try {
			Files.createSymbolicLink(this.root.resolve(link), target);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void append(String file, String line) {
		try {
			Path path = this.root.resolve(file);
			Files.writeString(path, Files.readString(path) + line + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void directory(Path path) {
		try {
			Files.createDirectories(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Path file, String content) {
		write(file, content.getBytes(StandardCharsets.UTF_8));
	}

	private static void write(Path file, byte[] content) {
		try {
			directory(file.resolveSibling("."));
			Files.write(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The directory of a device.
	 *
	 * @param path of it
	 */
	record Node(Path path) {

		Node set(String attribute, Object value) {
			return set(attribute, (value + "\n").getBytes(StandardCharsets.UTF_8));
		}

		Node set(String attribute, byte[] value) {
			write(this.path.resolve(attribute), value);
			return this;
		}

		Node partition(int number, String name, String device, long sectors) {
			Node partition = new Node(this.path.resolve(name));
			partition.set("partition", number).set("dev", device).set("size", sectors).set("ro", 0);
			directory(partition.path().resolve("holders"));
			return partition;
		}

	}

}
