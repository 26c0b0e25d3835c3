package dev.holdfast.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the drives of this node in sysfs, anew with each call. Left out is what could not
 * be used: memory disks, CD-ROMs, floppies, what has no size (a loop device without a
 * file, a drive without a medium), and the single paths of a multipath NVMe drive. No
 * state; any thread. It opens no device, but it blocks: the kernel asks a virtio drive
 * for its serial number each time.
 */
public final class Drives {

	private final Path sys;

	private final Path dev;

	private final Path proc;

	/** Those of the node that this runs on. */
	public Drives() {
		this(Path.of("/sys"), Path.of("/dev"), Path.of("/proc"));
	}

	Drives(Path sys, Path dev, Path proc) {
		this.sys = sys;
		this.dev = dev;
		this.proc = proc;
	}

	/**
	 * All whole drives, in use or not. One that goes away while it is read is left out.
	 * @return the drives, ordered by kernel name
	 * @throws UncheckedIOException if there is no list of them to be had, which is not
	 * the same as none
	 */
	public List<Drive> list() {
		DriveReader reader = reader();
		return names().stream()
			.map((name) -> reader.read(this.sys.resolve("block").resolve(name)))
			.filter(Objects::nonNull)
			.toList();
	}

	/**
	 * What tells drives that are there now from those that were there before under the
	 * same names. Asks no drive anything.
	 * @return something for each
	 */
	Set<String> present() {
		return names().stream()
			.map((name) -> name + " " + new SysfsDirectory(this.sys.resolve("block").resolve(name)).text("diskseq"))
			.collect(Collectors.toSet());
	}

	/**
	 * The drive or partition behind a node, whatever that is called.
	 * @param path of a block device or of a symbolic link to one, as in
	 * {@code /dev/disk/by-id}
	 * @return what it is; empty if it is not there, no block device, or one of those that
	 * are left out. Its path is the kernel's or, where that is not this device (a
	 * container may be given one under any name), the one asked for
	 */
	public Optional<Drive> at(Path path) {
		String number = BlockNode.number(path);
		if (number == null) {
			return Optional.empty();
		}
		Drive drive = reader().read(this.sys.resolve("dev/block").resolve(number));
		if (drive == null) {
			return Optional.empty();
		}
		return Optional.of(number.equals(BlockNode.number(drive.path())) ? drive : drive.at(path));
	}

	/**
	 * Drives with a serial number. Several are not rare: all namespaces of an NVMe drive
	 * have the same, and vendors do not know of each other.
	 * @param serial as it is printed; spaces around it do not count
	 * @return the drives, ordered by kernel name
	 * @throws UncheckedIOException as for {@link #list()}
	 */
	public List<Drive> withSerial(String serial) {
		String wanted = serial.strip();
		return with((drive) -> wanted.equals(drive.serial()));
	}

	/**
	 * Drives with a worldwide identifier. More than one are paths to the same drive, or
	 * of a vendor that is careless.
	 * @param wwid in the kernel's spelling
	 * @return the drives, ordered by kernel name
	 * @throws UncheckedIOException as for {@link #list()}
	 */
	public List<Drive> withWwid(String wwid) {
		String wanted = wwid.strip();
		return with((drive) -> wanted.equals(drive.wwid()));
	}

	private List<Drive> with(Predicate<Drive> condition) {
		return list().stream().filter(condition).toList();
	}

	private DriveReader reader() {
		return new DriveReader(this.dev, DriveUse.now(this.sys, this.dev, this.proc));
	}

	private List<String> names() {
		Path directory = this.sys.resolve("block");
		try {
			return SysfsDirectory.list(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"Drives cannot be listed: %s is not readable; is sysfs mounted?".formatted(directory), ex);
		}
	}

}
