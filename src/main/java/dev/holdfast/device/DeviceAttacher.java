package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches devices to an engine: opens, looks for a label, takes it over or, on a device
 * with nothing else on it, writes the first. What was opened is closed again whenever the
 * rest fails. Any thread; blocks.
 */
public final class DeviceAttacher {

	private static final Logger log = LoggerFactory.getLogger(DeviceAttacher.class);

	private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);

	private static final Duration UNPLUG_LIMIT = Duration.ofSeconds(10);

	private static final int BUFFER = 256 << 10;

	private final IoEngine engine;

	private final DeviceLimits limits;

	private final UUID installation;

	private final HoldLimits hold;

	private final PossibleLosses losses;

	private final Patience patience;

	private final Signatures signatures;

	private final Map<UUID, Long> generations = new ConcurrentHashMap<>();

	private final Set<UUID> attached = ConcurrentHashMap.newKeySet();

	/**
	 * An attacher of one installation.
	 * @param installation identity of this Holdfast, which the labels will name
	 * @param hold what may wait for each device while it is away
	 * @param losses what the drives may have lost
	 */
	public DeviceAttacher(IoEngine engine, DeviceLimits limits, UUID installation, HoldLimits hold,
			PossibleLosses losses) {
		this(engine, limits, installation, hold, losses, MOST_PATIENCE, Signatures.installed());
	}

	DeviceAttacher(IoEngine engine, DeviceLimits limits, UUID installation, HoldLimits hold, PossibleLosses losses,
			Duration patience, Signatures signatures) {
		this.losses = losses;
		this.hold = hold;
		this.engine = engine;
		this.limits = limits;
		this.installation = installation;
		this.patience = new Patience(patience);
		this.signatures = signatures;
	}

	/**
	 * What this host lacks to tell an empty device from one in use.
	 * @return sentences that say what to do; empty if all is well
	 */
	public List<String> findings() {
		return this.signatures.findings();
	}

	/**
	 * Attaches what is there.
	 * @param request which device
	 * @param review of the label, if it has one
	 * @return the device, online
	 * @throws DeviceException if it cannot be opened, read or written, has shrunk, or is
	 * attached already
	 * @throws ProblemException {@link Problem#FOREIGN_SIGNATURE} if it holds anything
	 * else, a damaged label, or one of another installation;
	 * {@link Problem#NOT_SUPPORTED} if its label needs a newer release; what the review
	 * throws
	 */
	public Device attach(AttachRequest request, LabelReview review) throws IOException {
		requireName(request.name());
		return attach(request, review, this.patience.open(request.path()), false);
	}

	/**
	 * Makes a new, sparse regular file and attaches it.
	 * @param name what to call it
	 * @param path where nothing is yet
	 * @param size in bytes, a multiple of 4096
	 * @return the device, online; all of it is known to be zero
	 * @throws DeviceException if it cannot be made
	 */
	public Device create(String name, Path path, long size) throws IOException {
		requireName(name);
		Geometry.of(size);
		return attach(AttachRequest.of(name, path), LabelReview.NONE, BlockFile.create(path, size), true);
	}

	/**
	 * Attaches what is open already.
	 * @param file closed with the device, or here if that fails
	 * @param fresh whether it was just made, and is one hole
	 */
	Device attach(AttachRequest request, LabelReview review, BlockFile file, boolean fresh) throws IOException {
		try (Undo undo = new Undo()) {
			undo.add(file::close);
			// Needed only if there is no label, but the engine must not have the file
			// yet.
			Signatures.Found found = fresh ? Signatures.Found.NOTHING : this.signatures.on(file);
			AtomicReference<Attachment> attachment = new AtomicReference<>(plug(request.name(), file));
			undo.add(() -> this.engine.detach(attachment.get().io).join());
			RegisteredMemory memory = RegisteredMemory.open(this.engine, "holdfast-label", 3 * BUFFER);
			undo.add(memory::close);
			LabelStore labels = label(request, review, file, fresh, found, bytes(attachment, memory, 0));
			UUID uuid = labels.label().device();
			Device device = new Device(request.name(), nextGeneration(uuid), this.engine, attachment, memory, labels,
					bytes(attachment, memory, 1), bytes(attachment, memory, 2), this.hold, this.losses,
					() -> this.attached.remove(uuid));
			undo.cancel();
			return device;
		}
	}

	private DeviceBytes bytes(AtomicReference<Attachment> attachment, RegisteredMemory memory, int part) {
		return new DeviceBytes(this.engine, () -> attachment.get().io, memory.buffer(), (long) part * BUFFER, BUFFER);
	}

	private Attachment plug(String name, BlockFile file) {
		return new Attachment(this.engine, file, this.engine
			.attach(new DeviceFile(name, file.descriptor(), file.blockDevice(), file.blockSize()), this.limits));
	}

	private long nextGeneration(UUID device) {
		return this.generations.merge(device, 1L, Long::sum);
	}

	/**
	 * Takes back the drive of a device that was away or suspended. I/O does not go on
	 * yet.
	 * @param path where it is now
	 * @throws DeviceException if it cannot be opened or read, is another one, has shrunk,
	 * or was written elsewhere meanwhile ({@link Problem#FOREIGN_SIGNATURE})
	 */
	void takeBack(Device device, Path path) throws IOException {
		device.awaitUnplugged(UNPLUG_LIMIT);
		BlockFile file = this.patience.open(path);
		try (Undo undo = new Undo()) {
			undo.add(file::close);
			Attachment next = plug(device.name(), file);
			undo.add(() -> this.engine.detach(next.io).join());
			LabelScan scan = scan(next);
			Label label = requireSame(device, scan.label(), file);
			if (!device.labels().goOn(label, scan.slot())) {
				throw new DeviceException(Problem.FOREIGN_SIGNATURE,
						"it was written elsewhere while it was away, or is a copy: nothing that waited is written to it");
			}
			device.plugged(next, nextGeneration(device.uuid()));
			undo.cancel();
		}
	}

	private LabelScan scan(Attachment drive) throws IOException {
		try (RegisteredMemory memory = RegisteredMemory.open(this.engine, "holdfast-label", BUFFER)) {
			return LabelScan.of(new DeviceBytes(this.engine, () -> drive.io, memory.buffer(), 0, BUFFER),
					drive.file.size(), drive.file.blockSize());
		}
		catch (NewerLabelException ex) {
			throw new DeviceException(Problem.NOT_SUPPORTED, String.valueOf(ex.getMessage()), ex);
		}
		catch (IoFailedException ex) {
			throw new DeviceException(Problem.IO_ERROR, "it cannot be read: " + Errno.name(ex.errno()), ex);
		}
	}

	private static Label requireSame(Device device, @Nullable Label label, BlockFile file) throws DeviceException {
		if (label == null || !label.device().equals(device.uuid())) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE, "another drive is at its place");
		}
		if (file.blockSize() != device.blockSize()) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"it has blocks of %d bytes now, and had %d before".formatted(file.blockSize(), device.blockSize()));
		}
		return label;
	}

	private LabelStore label(AttachRequest request, LabelReview review, BlockFile file, boolean fresh,
			Signatures.Found found, DeviceBytes bytes) throws IOException {
		try {
			LabelScan scan = LabelScan.of(bytes, file.size(), file.blockSize());
			Label label = scan.label();
			if (label != null) {
				if (!scan.both()) {
					log.warn(
							"Device {}: one of the two copies of its label is torn or lost, as after a power cut. It is written again; if this comes back, the drive is failing",
							request.name());
				}
				return takeOver(request, review, label, scan, file, bytes);
			}
			if (scan.magic()) {
				throw new ProblemException(Problem.FOREIGN_SIGNATURE,
						"Device %s has a damaged label: both copies are torn or altered. It is neither used nor formatted; restore it from a copy, or erase its first and last MiB if its volumes may go"
							.formatted(request.name()))
					.with("labelState", "damaged");
			}
			requireExpected(request, null);
			return format(request, file, fresh, found, bytes);
		}
		catch (NewerLabelException ex) {
			throw new ProblemException(Problem.NOT_SUPPORTED,
					"Device %s is left alone: %s".formatted(request.name(), ex.getMessage()), ex);
		}
		catch (IoFailedException ex) {
			throw new DeviceException(Problem.IO_ERROR, "it cannot be read or written: " + Errno.name(ex.errno()), ex);
		}
	}

	private LabelStore format(AttachRequest request, BlockFile file, boolean fresh, Signatures.Found found,
			DeviceBytes bytes) throws IOException, IoFailedException {
		Geometry geometry = Geometry.of(file.size());
		boolean hole = fresh || Holes.only(file);
		if (request.overwrite() && file.blockDevice()) {
			log.warn("Device {}: what it holds is given up: {}", request.name(),
					found.types().isEmpty() ? "nothing that is known" : String.join(", ", found.types()));
			Emptiness.wipe(file, this.signatures, bytes);
		}
		else {
			Emptiness.require(request.name(), file, found, bytes);
		}
		LabelStore store = LabelStore.format(bytes, request.name(), this.installation, geometry, file.blockSize(),
				hole ? ExtentState.FREE : ExtentState.DIRTY);
		this.attached.add(store.label().device());
		return store;
	}

	private LabelStore takeOver(AttachRequest request, LabelReview review, Label label, LabelScan scan, BlockFile file,
			DeviceBytes bytes) throws IoFailedException, DeviceException {
		if (label.blockSize() < file.blockSize()) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"it has blocks of %d bytes and its label was made for %d: use it as before"
						.formatted(file.blockSize(), label.blockSize()));
		}
		requireExpected(request, label.device());
		boolean ours = label.installation().equals(this.installation)
				|| label.installation().equals(Label.NO_INSTALLATION);
		if (!ours && !request.adopt()) {
			throw new ProblemException(Problem.FOREIGN_SIGNATURE,
					"Device %s was last held by another installation of Holdfast: attach it with adopt to take it and its volumes over"
						.formatted(request.name()))
				.with("found", "Holdfast, installation " + label.installation())
				.with("labelState", "valid");
		}
		if (!this.attached.add(label.device())) {
			throw new DeviceException(Problem.ALREADY_EXISTS,
					"it has the label of a device that is attached already (%s): is it a copy?"
						.formatted(label.device()));
		}
		try {
			return LabelStore.open(bytes, label.heldBy(request.name(), this.installation),
					review.review(label, scan.both(), ours), scan.slot());
		}
		catch (IoFailedException | RuntimeException ex) {
			this.attached.remove(label.device());
			throw ex;
		}
	}

	private static void requireExpected(AttachRequest request, @Nullable UUID found) throws DeviceException {
		UUID expected = request.expected();
		if (expected != null && !expected.equals(found)) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE,
					"another drive is at its place: %s, and not %s. Bring it back, or detach it first to use the name for another"
						.formatted((found != null) ? "one labelled " + found : "one without a label", expected));
		}
	}

	private static void requireName(String name) throws DeviceException {
		if (!ResourceName.isValid(name)) {
			throw new DeviceException(Problem.BAD_NAME,
					"the name '%s' is not allowed: use a-z, 0-9 and -, at most 63".formatted(name));
		}
	}

}
