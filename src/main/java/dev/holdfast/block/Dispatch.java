package dev.holdfast.block;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.HeldIo;
import dev.holdfast.device.HeldRange;
import dev.holdfast.engine.BufferClosedException;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.IoKind;
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
 * <p>
 * What goes to a device that is away waits for it, and holds no pin meanwhile; once the
 * device is back it is resolved again and goes out.
 */
final class Dispatch implements AutoCloseable {

	private final IoEngine engine;

	private final VolumeHandle volume;

	private final int flow;

	private final TenantIo.Counters counters;

	private final TransferOptions options;

	private final @Nullable IoMemory memory;

	private final List<Part> round = new ArrayList<>(1);

	private final AtomicInteger blockHolds = new AtomicInteger(1);

	private final AtomicInteger memoryHolds = new AtomicInteger(1);

	private @Nullable Pin pin;

	private BlockRanges.@Nullable Grant grant;

	private @Nullable Countdown countdown;

	private @Nullable ProblemException refused;

	private boolean complete;

	/** What it does once more, which was held and is let go of. */
	private @Nullable PendingIo before;

	/** Something has been sent to a device that changes it. */
	private boolean sent;

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
	Dispatch counted(@Nullable Countdown all) {
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
		transfer(offset, length, at, IoKind.READ, false);
	}

	/**
	 * Starts writing whole blocks.
	 * @param offset in the volume
	 * @param length in bytes
	 * @param at where in the memory they are
	 * @param fua whether they must be durable when answered
	 */
	void write(long offset, long length, long at, boolean fua) {
		transfer(offset, length, at, IoKind.WRITE, fua);
	}

	private void transfer(long offset, long length, long at, IoKind kind, boolean fua) {
		IoMemory named = this.memory;
		if (named == null) {
			throw new IllegalStateException("no memory");
		}
		long done = 0;
		boolean writes = kind == IoKind.WRITE;
		for (DeviceRange range : writes ? pinned().resolveToChange(offset, length) : pinned().resolve(offset, length)) {
			if (this.refused != null) {
				return;
			}
			long from = offset + done;
			long position = at + done;
			Part part = part(range.device(), held(from, range.length(), writes), range.length(),
					writes ? range.length() : 0, (again) -> again.transfer(from, range.length(), position, kind, fua));
			try {
				transfer(part, named, range, position, kind, fua);
			}
			catch (ProblemException ex) {
				this.refused = ex;
			}
			done += range.length();
		}
	}

	/**
	 * Starts an operation in the best tier there is at this moment; if that ends in the
	 * same moment, in another.
	 */
	private void transfer(Part part, IoMemory named, DeviceRange range, long position, IoKind kind, boolean fua) {
		IoOperation operation = part.io.operation();
		if (mustWait(range.device(), part)) {
			hold(part);
			return;
		}
		long at = named.use().offset() + position;
		IoBuffer target = named.route().via(range.device());
		while (true) {
			IoDevice device = range.device().io();
			if (kind == IoKind.READ) {
				operation.read(device, range.offset(), target, at, range.length());
			}
			else {
				operation.write(device, range.offset(), target, at, range.length(), fua);
			}
			try {
				start(part);
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
		clear(offset, length, IoKind.ZERO);
	}

	/**
	 * Starts telling the devices that whole blocks are not needed.
	 * @param offset in the volume
	 * @param length in bytes
	 */
	void discard(long offset, long length) {
		clear(offset, length, IoKind.DISCARD);
	}

	private void clear(long offset, long length, IoKind kind) {
		// It may be one piece of many.
		this.sent = true;
		HeldRange range = held(offset, length, true);
		for (Place place : Place.joined(pinned().resolveToChange(offset, length), offset)) {
			Part part = part(place.device, range, place.length, 0,
					(again) -> place.forEachRange((from, size) -> again.clear(from, size, kind)));
			IoDevice device = place.device.io();
			if (kind == IoKind.ZERO) {
				part.io.operation().zero(device, place.offset, place.length);
			}
			else {
				part.io.operation().discard(device, place.offset, place.length);
			}
			startOrHold(part, place.device);
		}
	}

	/**
	 * Starts flushing every device under the volume.
	 */
	void flush() {
		tellLosses();
		pinned().devices().forEach(this::flush);
	}

	private void flush(Device device) {
		Part part = part(device, held(0, 0, false), 0, 0, (again) -> {
			again.tellLosses();
			again.flush(device);
		});
		part.io.operation().flush(device.io());
		if (mustWait(device, part)) {
			hold(part);
		}
		else {
			tellLoss(device);
			start(part);
		}
	}

	/**
	 * All at once, and before anything is started that would be waited for.
	 */
	private void tellLosses() {
		HeldRange flush = held(0, 0, false);
		pinned().devices().stream().filter((device) -> device.hold().passes(flush)).forEach(this::tellLoss);
	}

	private void tellLoss(Device device) {
		if (!this.options.late() && device.losses().tell(this.volume.uuid(), device.uuid(), this.engine::begin)) {
			this.refused = IoProblems.writeLoss();
		}
	}

	private HeldRange held(long offset, long length, boolean changes) {
		return new HeldRange(this.volume.uuid(), offset, length, changes,
				(this.before != null) ? this.before.range().operation() : this);
	}

	private Part part(Device device, HeldRange range, long length, long held, Part.Again again) {
		return new Part(new PendingIo(device, range, held, this.counters, this::released, this.countdown, this.before),
				length, again);
	}

	private boolean mustWait(Device device, Part part) {
		return this.before == null && !device.hold().passes(part.io.range());
	}

	private void startOrHold(Part part, Device device) {
		if (mustWait(device, part)) {
			hold(part);
		}
		else {
			start(part);
		}
	}

	private void hold(Part part) {
		if (this.refused != null) {
			return;
		}
		try {
			part.io.hold();
			this.round.add(part);
		}
		catch (ProblemException ex) {
			this.refused = ex;
		}
	}

	private Pin pinned() {
		Pin present = this.pin;
		if (present == null) {
			try {
				present = this.volume.pin(this.options.lease(), this.options.deadline(), this.engine::begin);
			}
			catch (ProblemException ex) {
				throw this.options.told(ex, this.sent);
			}
			this.pin = present;
		}
		return present;
	}

	/**
	 * Starts an operation, unless one before it in the round could not be.
	 */
	private void start(Part part) {
		if (this.refused != null) {
			return;
		}
		if (this.options.late()) {
			this.refused = IoProblems.late(this.sent);
			return;
		}
		long deadline = this.options.deadline();
		part.io.operation().flow(this.flow).deadline(deadline);
		this.blockHolds.incrementAndGet();
		this.memoryHolds.incrementAndGet();
		boolean started = false;
		try {
			part.io.start(this.engine, deadline);
			this.round.add(part);
			this.sent |= part.io.operation().kind() != IoKind.READ;
			started = true;
		}
		catch (ProblemException ex) {
			if (ex.problem() == Problem.DEVICE_NOT_ONLINE && part.io.missed()) {
				hold(part);
			}
			else {
				this.refused = this.options.told(ex, this.sent);
			}
		}
		finally {
			if (!started) {
				this.blockHolds.decrementAndGet();
				this.memoryHolds.decrementAndGet();
			}
		}
	}

	/**
	 * Waits for all operations that were started, and for devices that are away.
	 * @param tally to add them to
	 * @throws IncompleteException if any failed or could not be started
	 */
	void await(Tally tally) throws IncompleteException {
		List<Part> parts = List.copyOf(this.round);
		this.round.clear();
		parts.forEach((part) -> part.io.await());
		try {
			collect(parts, tally);
		}
		finally {
			parts.forEach(Part::letGoOfTurn);
		}
	}

	private void collect(List<Part> parts, Tally tally) throws IncompleteException {
		long intact = 0;
		long longest = 0;
		ProblemException failure = null;
		for (Part part : parts) {
			IoOperation operation = part.io.operation();
			HeldIo held = part.io.held();
			try {
				if (held == null) {
					part.io.requireSuccess();
					tally.add(operation);
					longest = Math.max(longest, operation.queueNanos() + operation.deviceNanos());
				}
				else if (failure == null) {
					again(part, held, tally);
					// The next part may wait for this one.
					part.letGoOfTurn();
				}
				intact += (failure == null) ? part.length : 0;
			}
			catch (IoFailedException ex) {
				if (failure == null) {
					intact += ex.bytes();
					ProblemException refusal = part.io.refusal();
					failure = (refusal != null) ? refusal : IoProblems.of(ex);
				}
			}
			catch (IncompleteException ex) {
				intact += ex.intact();
				failure = ex.problem();
			}
			catch (ProblemException ex) {
				failure = ex;
			}
		}
		tally.round(longest);
		ProblemException refusal = this.refused;
		this.refused = null;
		// What is told once must not be hidden.
		ProblemException problem = (failure == null
				|| (refusal != null && refusal.problem() == Problem.WRITE_LOSS_POSSIBLE)) ? refusal : failure;
		if (problem != null) {
			throw new IncompleteException(problem, intact);
		}
	}

	/**
	 * Waits for the part's device, as long as the caller does, and does it once more.
	 */
	private void again(Part part, HeldIo held, Tally tally) throws IncompleteException {
		letGoOfPin();
		PendingIo.awaitTurn(held, this.options.caller(), this.sent);
		IoMemory named = this.memory;
		this.memoryHolds.incrementAndGet();
		IoMemory shared = (named != null) ? named.lent(this::letGoOfMemory) : null;
		Dispatch again = new Dispatch(this.engine, this.volume, this.flow, this.counters, this.options, shared);
		try (again) {
			again.before = part.io;
			again.sent = this.sent;
			part.again(again);
			again.noMore();
			again.await(tally);
		}
		finally {
			this.sent |= again.sent;
			if (named == null) {
				this.memoryHolds.decrementAndGet();
			}
		}
	}

	/**
	 * What waits keeps nobody from moving or deleting the blocks.
	 */
	private void letGoOfPin() {
		Pin present = this.pin;
		if (!this.complete && present != null && this.blockHolds.get() == 1) {
			this.pin = null;
			present.close();
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
		letGoOfMemory();
	}

	private void letGoOfMemory() {
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

}
