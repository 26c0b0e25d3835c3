package dev.holdfast.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.BufferClosedException;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.volume.DeviceRange;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.VolumeHandle;
import org.jspecify.annotations.Nullable;

/**
 * I/O of one piece of a transfer, with all that it holds: memory, a pin on the volume's
 * blocks and, if it writes, the right to these blocks. One thread uses it, in rounds:
 * start operations, await them all.
 * <p>
 * Two counts say when things go back, each one for that thread and one for each operation
 * that the kernel is not done with. Pin and right go back as soon as the thread has said
 * {@link #noMore()} and the last operation is done, on the engine's thread if need be: a
 * client that is slow with the next piece must not keep others from the blocks of this
 * one. The memory goes back after {@link #close()}. After a deadline that may be long
 * after the caller has gone; until then the engine keeps later operations from the same
 * blocks.
 */
final class Dispatch implements AutoCloseable {

	private final IoEngine engine;

	private final VolumeHandle volume;

	private final int flow;

	private final TenantIo.Counters counters;

	private final TransferOptions options;

	private final @Nullable IoMemory memory;

	private final List<PendingIo> round = new ArrayList<>(1);

	private final AtomicInteger blockHolds = new AtomicInteger(1);

	private final AtomicInteger memoryHolds = new AtomicInteger(1);

	private @Nullable Pin pin;

	private BlockRanges.@Nullable Grant grant;

	private @Nullable Countdown countdown;

	private @Nullable ProblemException refused;

	private boolean complete;

	Dispatch(IoEngine engine, VolumeHandle volume, int flow, TenantIo.Counters counters, TransferOptions options,
			@Nullable IoMemory memory) {
		this.engine = engine;
		this.volume = volume;
		this.flow = flow;
		this.counters = counters;
		this.options = options;
		this.memory = memory;
	}

	/**
	 * Makes it the owner of a grant.
	 */
	void holds(BlockRanges.Grant blocks) {
		this.grant = blocks;
	}

	/**
	 * Makes the start and the end of its operations count.
	 * @return this
	 */
	Dispatch counted(Countdown all) {
		this.countdown = all;
		return this;
	}

	/**
	 * Starts reading whole blocks.
	 * @param offset in the volume
	 * @param length in bytes
	 * @param at where in the memory they go
	 */
	void read(long offset, long length, long at) {
		transfer(offset, length, at, (operation, range, buffer, position) -> operation.read(range.device().io(),
				range.offset(), buffer, position, range.length()));
	}

	/**
	 * Starts writing whole blocks.
	 * @param offset in the volume
	 * @param length in bytes
	 * @param at where in the memory they are
	 * @param fua whether they must be durable when answered
	 */
	void write(long offset, long length, long at, boolean fua) {
		transfer(offset, length, at, (operation, range, buffer, position) -> operation.write(range.device().io(),
				range.offset(), buffer, position, range.length(), fua));
	}

	private void transfer(long offset, long length, long at, Preparation preparation) {
		IoMemory named = this.memory;
		if (named == null) {
			throw new IllegalStateException("no memory");
		}
		long position = named.use().offset() + at;
		for (DeviceRange range : pinned().resolve(offset, length)) {
			if (this.refused != null) {
				return;
			}
			try {
				transfer(named, range, position, preparation);
			}
			catch (ProblemException ex) {
				this.refused = ex;
			}
			position += range.length();
		}
	}

	/**
	 * Starts an operation in the best tier there is at this moment; if that ends in the
	 * same moment, in another.
	 */
	private void transfer(IoMemory named, DeviceRange range, long position, Preparation preparation) {
		PendingIo io = prepared();
		IoBuffer target = named.route().via(range.device());
		while (true) {
			preparation.prepare(io.operation(), range, target, position);
			try {
				start(io);
				return;
			}
			catch (BufferClosedException ex) {
				target = named.route().instead(range.device(), target);
			}
		}
	}

	/**
	 * Starts making whole blocks read as zeroes.
	 * @param offset in the volume
	 * @param length in bytes
	 */
	void zero(long offset, long length) {
		for (DeviceRange range : joined(pinned().resolve(offset, length))) {
			PendingIo io = prepared();
			io.operation().zero(range.device().io(), range.offset(), range.length());
			start(io);
		}
	}

	/**
	 * Starts telling the devices that whole blocks are not needed.
	 * @param offset in the volume
	 * @param length in bytes
	 */
	void discard(long offset, long length) {
		for (DeviceRange range : joined(pinned().resolve(offset, length))) {
			PendingIo io = prepared();
			io.operation().discard(range.device().io(), range.offset(), range.length());
			start(io);
		}
	}

	/**
	 * The same places in as few ranges as they make: stripes that are apart in the volume
	 * follow each other on their device.
	 */
	private static List<DeviceRange> joined(List<DeviceRange> ranges) {
		Map<Device, DeviceRange> open = new LinkedHashMap<>();
		List<DeviceRange> joined = new ArrayList<>();
		for (DeviceRange range : ranges) {
			DeviceRange last = open.get(range.device());
			if (last != null && last.offset() + last.length() == range.offset()) {
				open.put(range.device(),
						new DeviceRange(range.device(), last.offset(), last.length() + range.length()));
			}
			else {
				if (last != null) {
					joined.add(last);
				}
				open.put(range.device(), range);
			}
		}
		joined.addAll(open.values());
		return joined;
	}

	/**
	 * Starts flushing every device under the volume.
	 */
	void flush() {
		for (Device device : pinned().devices()) {
			PendingIo io = prepared();
			io.operation().flush(device.io());
			start(io);
		}
	}

	private Pin pinned() {
		Pin present = this.pin;
		if (present == null) {
			present = this.volume.pin(this.options.lease(), this.options.deadline());
			this.pin = present;
		}
		return present;
	}

	private PendingIo prepared() {
		return new PendingIo(this.counters, this::released, this.countdown);
	}

	/**
	 * Starts an operation, unless one before it in the round could not be.
	 */
	private void start(PendingIo io) {
		if (this.refused != null) {
			return;
		}
		long deadline = this.options.deadline();
		io.operation().flow(this.flow).deadline(deadline);
		this.blockHolds.incrementAndGet();
		this.memoryHolds.incrementAndGet();
		boolean started = false;
		try {
			io.start(this.engine, deadline);
			this.round.add(io);
			started = true;
		}
		catch (ProblemException ex) {
			this.refused = ex;
		}
		finally {
			if (!started) {
				this.blockHolds.decrementAndGet();
				this.memoryHolds.decrementAndGet();
			}
		}
	}

	/**
	 * Waits for all operations that were started.
	 * @param tally to add them to
	 * @throws IncompleteException if any failed or could not be started
	 */
	void await(Tally tally) throws IncompleteException {
		long intact = 0;
		long longest = 0;
		ProblemException failure = null;
		for (PendingIo io : this.round) {
			IoOperation operation = io.operation();
			try {
				io.await();
				tally.add(operation);
				longest = Math.max(longest, operation.queueNanos() + operation.deviceNanos());
				intact += (failure == null) ? operation.length() : 0;
			}
			catch (IoFailedException ex) {
				if (failure == null) {
					intact += ex.bytes();
					failure = IoProblems.of(ex);
				}
			}
		}
		this.round.clear();
		tally.round(longest);
		ProblemException problem = (failure != null) ? failure : this.refused;
		this.refused = null;
		if (problem != null) {
			throw new IncompleteException(problem, intact);
		}
	}

	/**
	 * All operations are started: once they are done the blocks may be moved, and written
	 * by others.
	 */
	void noMore() {
		if (!this.complete) {
			this.complete = true;
			letGoOfBlocks();
		}
	}

	/**
	 * On an engine's thread, so nothing here blocks.
	 */
	private void released() {
		letGoOfBlocks();
		IoMemory named = this.memory;
		if (this.memoryHolds.decrementAndGet() == 0 && named != null) {
			named.closeSoon();
		}
	}

	private void letGoOfBlocks() {
		if (this.blockHolds.decrementAndGet() > 0) {
			return;
		}
		BlockRanges.Grant blocks = this.grant;
		Pin held = this.pin;
		if (blocks != null) {
			blocks.closeSoon();
		}
		if (held != null) {
			held.close();
		}
	}

	/**
	 * Awaits what was started and not awaited, then gives back whatever the kernel is
	 * done with; the rest follows.
	 */
	@Override
	public void close() {
		if (!this.round.isEmpty()) {
			try {
				await(new Tally());
			}
			catch (IncompleteException ex) {
				// Whoever closes without awaiting has a failure of its own to report.
			}
		}
		noMore();
		IoMemory named = this.memory;
		if (this.memoryHolds.decrementAndGet() == 0 && named != null) {
			named.close();
		}
	}

	/**
	 * Says what an operation is to do.
	 */
	@FunctionalInterface
	private interface Preparation {

		void prepare(IoOperation operation, DeviceRange range, IoBuffer buffer, long position);

	}

}
