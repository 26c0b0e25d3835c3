package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.block.BatchOperation;
import dev.holdfast.block.Batches;
import dev.holdfast.block.BlockService;
import dev.holdfast.block.Rates;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.LabelReview;
import dev.holdfast.device.MemoryLosses;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.mapping.Routes;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.MoveSteps;
import dev.holdfast.volume.VolumeIndex;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;

/**
 * The storage layers, from one start to the end of the power.
 */
final class Stack implements AutoCloseable {

	private static final TransferOptions FUA = new TransferOptions(true, Long.MAX_VALUE);

	/** By name. */
	private final Map<String, Device> devices = new TreeMap<>();

	/**
	 * Held by who changes what there is of devices, and so would wait for a monitor: when
	 * that is given to a thread is not for a seed to say.
	 */
	private final ReentrantLock turn = new ReentrantLock();

	private final Volumes volumes;

	private final BlockService blocks;

	private final Batches batches;

	Stack(IoEngine engine, VolumeIndex index, StagingPool pool) {
		this.volumes = MoveSteps.patient(index, (tenant) -> true, MemoryLeases.fences());
		this.blocks = new BlockService(engine, this.volumes, pool, Routes.unmapped(pool.buffer()), Rates.NONE);
		// What is done here by batches names no buffer.
		this.batches = new Batches(this.blocks, null, null);
	}

	/**
	 * On files, each called by its name without what follows the dot.
	 */
	static Stack onFiles(IoEngine engine, VolumeIndex index, StagingPool pool, List<Path> files) throws IOException {
		Stack stack = new Stack(engine, index, pool);
		DeviceAttacher attacher = new DeviceAttacher(engine, DeviceLimits.DEFAULT, Rig.INSTALLATION, HoldLimits.DEFAULT,
				MemoryLosses.none());
		try {
			for (Path file : files) {
				String name = file.getFileName().toString().replaceAll("\\..*", "");
				AttachRequest request = AttachRequest.of(name, file);
				stack.attach((review) -> attacher.attach(request, review), (label, both, ours) -> {
					return stack.volumes.review(label, request, ours);
				});
			}
			return stack;
		}
		catch (IOException | RuntimeException ex) {
			stack.close();
			throw ex;
		}
	}

	Device attach(Attaching attaching, LabelReview review) throws IOException {
		this.turn.lock();
		try {
			Device device = attaching.attach(review);
			boolean attached = false;
			try {
				this.volumes.attached(device);
				attached = true;
			}
			finally {
				if (!attached) {
					device.close();
				}
			}
			this.devices.put(device.name(), device);
			return device;
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Devices that are online.
	 */
	Collection<Device> devices() {
		return this.devices.values();
	}

	boolean isHere(List<UUID> wanted) {
		return wanted.stream().allMatch((uuid) -> this.devices.values().stream().anyMatch((device) -> {
			return device.uuid().equals(uuid);
		}));
	}

	Volumes volumes() {
		return this.volumes;
	}

	void delete(VolumeKey key) {
		this.turn.lock();
		try {
			this.volumes.delete(key);
		}
		finally {
			this.turn.unlock();
		}
	}

	void write(VolumeKey key, long offset, byte[] bytes, boolean fua) throws IOException {
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		this.blocks.write(key, offset, bytes.length, fua ? FUA : TransferOptions.DEFAULT, (into) -> {
			if (!rest.hasRemaining()) {
				return -1;
			}
			int length = Math.min(rest.remaining(), into.remaining());
			into.put(rest.slice(rest.position(), length));
			rest.position(rest.position() + length);
			return length;
		});
	}

	void zero(VolumeKey key, long offset, long length, boolean fua) {
		this.blocks.zero(key, offset, length, fua ? FUA : TransferOptions.DEFAULT);
	}

	/**
	 * The same in a batch, and a flush.
	 */
	void batch(VolumeKey key, BatchOperation operation) {
		ProblemException problem = this.batches.inTurn(key, List.of(operation), TransferOptions.DEFAULT)
			.getFirst()
			.problem();
		if (problem != null) {
			throw problem;
		}
	}

	void discard(VolumeKey key, long offset, long length) {
		this.blocks.discard(key, offset, length, TransferOptions.DEFAULT);
	}

	void flush(VolumeKey key) {
		this.blocks.flush(key, TransferOptions.DEFAULT);
	}

	byte[] read(VolumeKey key, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		this.blocks.read(key, offset, length, TransferOptions.DEFAULT, bytes::put);
		return bytes.array();
	}

	@Override
	public void close() throws IOException {
		for (Device device : this.devices.values()) {
			device.close();
		}
		this.devices.clear();
	}

	/**
	 * How a device is attached.
	 */
	@FunctionalInterface
	interface Attaching {

		Device attach(LabelReview review) throws IOException;

	}

}
