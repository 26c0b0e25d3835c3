package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;

/**
 * Attaches devices to an engine: opens, looks for a label, takes it over or, on a device
 * with nothing else on it, writes the first. What was opened is closed again whenever the
 * rest fails. Any thread; blocks.
 */
public final class DeviceAttacher {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final int BUFFER = 256 << 10;

	private final IoEngine engine;

	private final DeviceLimits limits;

	private final Duration patience;

	private final Signatures signatures;

	private final Map<UUID, Long> generations = new ConcurrentHashMap<>();

	private final Set<UUID> attached = ConcurrentHashMap.newKeySet();

	public DeviceAttacher(IoEngine engine, DeviceLimits limits) {
		this(engine, limits, PATIENCE, Signatures.installed());
	}

	DeviceAttacher(IoEngine engine, DeviceLimits limits, Duration patience, Signatures signatures) {
		this.engine = engine;
		this.limits = limits;
		this.patience = patience;
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
	 * @param name what to call it: the usual rules for names
	 * @param path a block device, or a regular file standing in for one
	 * @return the device, online
	 * @throws DeviceException if it cannot be opened, has shrunk, or is attached already
	 * @throws ProblemException {@link Problem#FOREIGN_SIGNATURE} if it holds anything
	 * else or a damaged label, {@link Problem#NOT_SUPPORTED} if its label needs a newer
	 * release, {@link Problem#IO_ERROR} if it cannot be read or written
	 */
	public Device attach(String name, Path path) throws IOException {
		requireName(name);
		return attach(name, BlockFile.open(path, this.patience), false);
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
		return attach(name, BlockFile.create(path, size), true);
	}

	private Device attach(String name, BlockFile file, boolean fresh) throws IOException {
		try (Undo undo = new Undo()) {
			undo.add(file::close);
			// Needed only if there is no label, but the engine must not have the file
			// yet.
			Signatures.Found found = fresh ? Signatures.Found.NOTHING : this.signatures.on(file);
			IoDevice io = this.engine
				.attach(new DeviceFile(name, file.descriptor(), file.blockDevice(), file.blockSize()), this.limits);
			undo.add(() -> this.engine.detach(io).join());
			RegisteredMemory memory = RegisteredMemory.open(this.engine, "holdfast-label", 2 * BUFFER);
			undo.add(memory::close);
			LabelStore labels = label(name, file, fresh, found,
					new DeviceBytes(this.engine, io, memory.buffer(), 0, BUFFER));
			UUID uuid = labels.label().device();
			long generation = this.generations.merge(uuid, 1L, Long::sum);
			Device device = new Device(name, generation, this.engine, file, io, memory, labels,
					new DeviceBytes(this.engine, io, memory.buffer(), BUFFER, BUFFER),
					() -> this.attached.remove(uuid));
			undo.cancel();
			return device;
		}
	}

	private LabelStore label(String name, BlockFile file, boolean fresh, Signatures.Found found, DeviceBytes bytes)
			throws IOException {
		try {
			LabelScan scan = LabelScan.of(bytes, file.size(), file.blockSize());
			Label label = scan.label();
			if (label != null) {
				return takeOver(label, scan.slot(), file, bytes);
			}
			if (scan.magic()) {
				throw new ProblemException(Problem.FOREIGN_SIGNATURE,
						"Device %s has a damaged label: both copies are torn or altered. It is neither used nor formatted; restore it from a copy, or erase its first and last MiB if its volumes may go"
							.formatted(name))
					.with("labelState", "damaged");
			}
			Emptiness.require(name, file, found, bytes);
			ExtentState state = (fresh || Holes.only(file)) ? ExtentState.FREE : ExtentState.DIRTY;
			Geometry geometry = Geometry.of(file.size());
			LabelStore store = LabelStore.format(bytes, name, geometry, file.blockSize(), state);
			this.attached.add(store.label().device());
			return store;
		}
		catch (NewerLabelException ex) {
			throw new ProblemException(Problem.NOT_SUPPORTED,
					"Device %s is left alone: %s".formatted(name, ex.getMessage()), ex);
		}
		catch (IoFailedException ex) {
			throw new DeviceException("%s cannot be read or written: %s".formatted(file.path(), ex.getMessage()), ex);
		}
	}

	private LabelStore takeOver(Label label, int slot, BlockFile file, DeviceBytes bytes)
			throws IoFailedException, DeviceException {
		if (label.blockSize() < file.blockSize()) {
			throw new DeviceException("%s has blocks of %d bytes and its label was made for %d: use it as before"
				.formatted(file.path(), file.blockSize(), label.blockSize()));
		}
		if (!this.attached.add(label.device())) {
			throw new DeviceException("%s has the label of a device that is attached already (%s): is it a copy?"
				.formatted(file.path(), label.device()));
		}
		try {
			return LabelStore.open(bytes, label, slot);
		}
		catch (IoFailedException ex) {
			this.attached.remove(label.device());
			throw ex;
		}
	}

	private static void requireName(String name) throws DeviceException {
		if (!ResourceName.isValid(name)) {
			throw new DeviceException(
					"Device name '%s' is not allowed: use a-z, 0-9 and -, at most 63".formatted(name));
		}
	}

}
