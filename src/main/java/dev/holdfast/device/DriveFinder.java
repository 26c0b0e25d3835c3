package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the drives of devices, by what was asked for or by the label. Told each time
 * which drives are attached, by the kernel's names: those are left out. Any thread;
 * blocks.
 */
final class DriveFinder {

	private final Drives drives;

	private final LabelPeeks peeks;

	private Set<String> present = Set.of();

	DriveFinder(Drives drives) {
		this(drives, new LabelPeeks());
	}

	DriveFinder(Drives drives, LabelPeeks peeks) {
		this.drives = drives;
		this.peeks = peeks;
	}

	/**
	 * Whether drives have come or gone since this was asked the last time. One thread.
	 */
	boolean lookForChanges() {
		Set<String> now = this.drives.present();
		boolean changed = !now.equals(this.present);
		this.present = now;
		return changed;
	}

	/**
	 * What the kernel says of a drive.
	 */
	Optional<Drive> at(Path path) {
		return this.drives.at(path);
	}

	/**
	 * Where the drive is now. A device that is known and not at its old place may be
	 * anywhere.
	 */
	Path locate(DeviceSelector selector, @Nullable UUID expected, Set<String> attached) throws DeviceException {
		Path path = selected(selector);
		if (expected != null && (path == null || !LabelPeek.at(path).filter(expected::equals).isPresent())) {
			Optional<Path> elsewhere = others(attached).stream()
				.filter((found) -> expected.equals(found.label()))
				.map((found) -> found.drive().path())
				.findFirst();
			if (elsewhere.isPresent()) {
				return elsewhere.get();
			}
		}
		if (path == null) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE, "no drive on this node has this %s"
				.formatted((selector.serial() != null) ? "serial number" : "wwid"));
		}
		return path;
	}

	private @Nullable Path selected(DeviceSelector selector) throws DeviceException {
		String serial = selector.serial();
		String wwid = selector.wwid();
		if (serial == null && wwid == null) {
			return selector.path();
		}
		List<Drive> candidates = (serial != null) ? this.drives.withSerial(serial)
				: this.drives.withWwid(String.valueOf(wwid));
		if (candidates.size() > 1) {
			throw new DeviceException(Problem.IN_USE,
					"%d drives have it: name one by its wwid or path".formatted(candidates.size()));
		}
		return candidates.isEmpty() ? null : candidates.getFirst().path();
	}

	/**
	 * Drives of this node that are not attached. Reads a block of each that nobody uses,
	 * and changes nothing. One that hangs is waited for two seconds, whatever else there
	 * is.
	 * @return ordered by the kernel's name
	 */
	List<FoundDrive> others(Set<String> attached) {
		List<Drive> others = this.drives.list()
			.stream()
			.filter((drive) -> !attached.contains(drive.kernelName()))
			.toList();
		Map<Path, Optional<UUID>> labels = this.peeks
			.at(others.stream().filter((drive) -> drive.inUse() == null).map(Drive::path).toList());
		List<FoundDrive> found = new ArrayList<>();
		for (Drive drive : others) {
			Optional<UUID> label = labels.get(drive.path());
			found.add(new FoundDrive(drive, (label != null) ? label.orElse(null) : null,
					label != null || drive.inUse() != null));
		}
		return found;
	}

	/**
	 * Which of two is the copy nobody here can tell, and what is written to it is lost.
	 */
	void requireNoTwin(UUID device, Path path, Set<String> attached) {
		for (FoundDrive found : others(attached)) {
			if (device.equals(found.label()) && !isSame(path, found.drive().path())) {
				throw new ProblemException(Problem.ALREADY_EXISTS,
						"Another drive on this node has the same label: one of them is a copy. Take it away");
			}
		}
	}

	static boolean isSame(Path one, Path other) {
		try {
			return Files.isSameFile(one, other);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Where the drive of a device is, known by its label.
	 * @param before what it was, as far as that is known: a copy has the same label, and
	 * is another drive
	 * @throws DeviceException if it is not there, or there are two
	 */
	Path find(UUID device, @Nullable Drive before, Set<String> attached) throws DeviceException {
		List<Drive> places = others(attached).stream()
			.filter((found) -> device.equals(found.label()))
			.map(FoundDrive::drive)
			.toList();
		if (places.size() != 1) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE, places.isEmpty()
					? "no drive on this node has its label"
					: "%d drives have its label, so all but one are copies: take those away".formatted(places.size()));
		}
		Drive found = now(places.getFirst());
		if (before != null && !found.maybe(before)) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE,
					"drive %s has its label and is another one: is it a copy? Bring back the drive itself"
						.formatted(found.kernelName()));
		}
		return found.path();
	}

	/**
	 * What has the name of a drive: another one may have come to it before its label was
	 * read.
	 */
	private Drive now(Drive drive) {
		return this.drives.list()
			.stream()
			.filter((other) -> other.kernelName().equals(drive.kernelName()))
			.findFirst()
			.orElse(drive);
	}

}
