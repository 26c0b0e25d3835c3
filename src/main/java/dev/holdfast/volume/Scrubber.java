package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceBytes;
import dev.holdfast.device.Geometry;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;

/**
 * Makes extents read as zeroes, whatever was there, and does not take the device's word
 * for it: a sample is read back. Discarding alone would not do. One range of the device
 * at a time, at most 64 MiB each. Durable only after the next flush of the device.
 */
final class Scrubber {

	static final int EXTENTS_AT_A_TIME = (int) ((64L << 20) / Geometry.EXTENT_SIZE);

	private static final int PIECE = 64 << 10;

	private final Device device;

	private final DeviceBytes bytes;

	private final ReentrantLock turn = new ReentrantLock(true);

	/** Guarded by {@link #turn}. */
	private boolean closed;

	Scrubber(Device device) {
		this.device = device;
		this.bytes = device.bytes();
	}

	/**
	 * Cuts a range into parts that others get their turn between.
	 */
	static List<ExtentRange> pieces(ExtentRange range) {
		List<ExtentRange> pieces = new ArrayList<>();
		for (int start = range.start(); start < range.end(); start += EXTENTS_AT_A_TIME) {
			pieces.add(new ExtentRange(start, Math.min(EXTENTS_AT_A_TIME, range.end() - start)));
		}
		return pieces;
	}

	/**
	 * Held while extents are zeroed, in the order of asking.
	 */
	ReentrantLock turn() {
		return this.turn;
	}

	/**
	 * Waits until whoever is zeroing extents now has done so.
	 */
	void awaitTurn() {
		this.turn.lock();
		try {
			// Whoever had it has done so.
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Zeroes extents. Blocks for as long as the device takes.
	 * @param range of the device, at most 64 MiB
	 * @throws IoFailedException if the device says so
	 * @throws ProblemException {@link Problem#IO_ERROR} if the device does not keep
	 * zeroes
	 */
	void scrub(ExtentRange range) throws IoFailedException {
		this.turn.lock();
		try {
			if (this.closed) {
				throw new IllegalStateException("the device is being detached");
			}
			scrub(this.device.geometry().offsetOf(range.start()), range.count() * Geometry.EXTENT_SIZE);
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Waits for what is under way, and refuses more: the memory goes with the device.
	 */
	void close() {
		this.turn.lock();
		try {
			this.closed = true;
		}
		finally {
			this.turn.unlock();
		}
	}

	private void scrub(long offset, long length) throws IoFailedException {
		if (!tryZero(offset, length) || !sampleIsZero(offset, length)) {
			byte[] zeroes = new byte[PIECE];
			for (long done = 0; done < length; done += PIECE) {
				this.bytes.write(offset + done, zeroes);
			}
			if (!sampleIsZero(offset, length)) {
				throw new ProblemException(Problem.IO_ERROR,
						"Device %s does not read zeroes where they were written: replace it"
							.formatted(this.device.name()))
					.with("errno", Errno.name(Errno.EIO));
			}
		}
	}

	private boolean tryZero(long offset, long length) throws IoFailedException {
		try {
			this.bytes.zero(offset, length);
			return true;
		}
		catch (IoFailedException ex) {
			if (ex.errno() == Errno.EOPNOTSUPP || ex.errno() == Errno.EINVAL) {
				return false;
			}
			throw ex;
		}
	}

	/**
	 * Reads the first and the last block, and one of each extent.
	 */
	private boolean sampleIsZero(long offset, long length) throws IoFailedException {
		int block = VolumeSpec.DEFAULT_BLOCK_SIZE;
		if (!isZero(offset, block) || !isZero(offset + length - block, block)) {
			return false;
		}
		Random random = ThreadLocalRandom.current();
		for (long extent = 0; extent < length; extent += Geometry.EXTENT_SIZE) {
			long inside = random.nextInt((int) (Geometry.EXTENT_SIZE / block)) * (long) block;
			if (!isZero(offset + extent + inside, block)) {
				return false;
			}
		}
		return true;
	}

	private boolean isZero(long offset, int length) throws IoFailedException {
		for (byte value : this.bytes.read(offset, length)) {
			if (value != 0) {
				return false;
			}
		}
		return true;
	}

}
