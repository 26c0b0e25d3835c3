package dev.holdfast.uring.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.RingAbi;
import org.jspecify.annotations.Nullable;

/**
 * One ring of the {@link FakeKernel}. A test scripts it and looks at it from its own
 * thread while the ring's thread is at work.
 */
public final class FakeRing {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

	/** How often a wait looks at the eventfd. */
	private static final long GLANCE = TimeUnit.MILLISECONDS.toNanos(1);

	private final FakeKernel kernel;

	private final int descriptor;

	private final int flags;

	private final Thread owner = Thread.currentThread();

	private final FakeQueues queues;

	private final Queue<Integer> enterErrors = new ArrayDeque<>();

	private final Queue<Integer> submitLimits = new ArrayDeque<>();

	private final List<Io> inFlight = new ArrayList<>();

	private final List<Entry> history = new ArrayList<>();

	private final List<Entry> cancels = new ArrayList<>();

	private final List<Timer> timers = new ArrayList<>();

	private final FakeTables tables = new FakeTables(this::post, this::isInUse);

	private @Nullable Entry bell;

	private boolean waiting;

	private boolean cancellable;

	private int enters;

	FakeRing(FakeKernel kernel, int descriptor, int flags, int entries, int completions, int firstIndex) {
		this.kernel = kernel;
		this.descriptor = descriptor;
		this.flags = flags;
		this.queues = new FakeQueues((flags & RingAbi.SETUP_NO_SQARRAY) != 0, entries, completions, firstIndex);
	}

	int descriptor() {
		return this.descriptor;
	}

	void describe(MemorySegment params) {
		this.queues.describe(params);
	}

	MemorySegment map(long offset, long size) {
		return this.queues.map(offset, size);
	}

	void unmap(MemorySegment memory) {
		this.queues.unmap(memory);
	}

	/** Whether other rings can clone its buffers: no thread owns it. */
	public boolean shared() {
		return (this.flags & RingAbi.SETUP_SINGLE_ISSUER) == 0;
	}

	boolean mayTouch() {
		return shared() || this.owner.equals(Thread.currentThread());
	}

	/** The next calls of enter end so, before they do anything. */
	public void failEnters(int... errnos) {
		locked(() -> {
			for (int errno : errnos) {
				this.enterErrors.add(errno);
			}
		});
	}

	/** The next calls of enter that have entries take at most so many. */
	public void limitSubmits(int... counts) {
		locked(() -> {
			for (int count : counts) {
				this.submitLimits.add(count);
			}
		});
	}

	/** The next completions do not fit into the queue. */
	public void overflowNext(int count) {
		locked(() -> this.queues.overflowNext(count));
	}

	/** Tags of emptied slots wait for {@link #releaseTags}. */
	public void holdTags() {
		locked(this.tables::holdTags);
	}

	public void releaseTags() {
		locked(this.tables::releaseTags);
	}

	/** Cancelling ends I/O in flight; else the device has it and goes on. */
	public void letCancel() {
		locked(() -> this.cancellable = true);
	}

	/** Ends I/O in flight. */
	public void complete(Entry entry, int result) {
		locked(() -> {
			if (!this.inFlight.removeIf((io) -> io.entry().equals(entry))) {
				throw new AssertionError("not in flight: " + entry);
			}
			post(entry.userData(), result);
			this.tables.settle();
		});
	}

	/** Posts a completion for which there was no entry, or not this one. */
	public void post(long userData, int result) {
		locked(() -> {
			this.queues.post(userData, result);
			if ((this.flags & RingAbi.SETUP_DEFER_TASKRUN) == 0) {
				this.queues.deliver();
			}
		});
	}

	private void post(long tag) {
		post(tag, 0);
	}

	/** I/O entries that the kernel has and that are not done, oldest first. */
	public List<Entry> inFlight() {
		List<Entry> copy = new ArrayList<>();
		locked(() -> this.inFlight.forEach((io) -> copy.add(io.entry())));
		return copy;
	}

	/** Waits until exactly so many are in flight and the loop has nothing else to do. */
	public List<Entry> awaitInFlight(int count) {
		until("%d in flight, not %s".formatted(count, "yet"), () -> this.inFlight.size() >= count);
		awaitIdle();
		List<Entry> entries = inFlight();
		if (entries.size() != count) {
			throw new AssertionError(entries.size() + " in flight, not " + count + ": " + entries);
		}
		return entries;
	}

	/** All I/O entries that the kernel ever took. */
	public List<Entry> history() {
		List<Entry> copy = new ArrayList<>();
		locked(() -> copy.addAll(this.history));
		return copy;
	}

	public List<Entry> cancels() {
		List<Entry> copy = new ArrayList<>();
		locked(() -> copy.addAll(this.cancels));
		return copy;
	}

	public int enters() {
		int[] copy = new int[1];
		locked(() -> copy[0] = this.enters);
		return copy[0];
	}

	/** Whether a slot of the buffer table is filled. */
	public boolean hasBuffer(int slot) {
		boolean[] copy = new boolean[1];
		locked(() -> copy[0] = this.tables.buffers().get(slot) != null);
		return copy[0];
	}

	public boolean hasBuffers() {
		boolean[] copy = new boolean[1];
		locked(() -> copy[0] = !this.tables.buffers().isEmpty());
		return copy[0];
	}

	/** Waits until so many tags are owed. */
	public void awaitOwedTags(int count) {
		until(count + " owed tags", () -> this.tables.owedTags() == count);
	}

	/**
	 * Waits until the ring's thread sleeps and nothing that has happened so far will wake
	 * it.
	 */
	public void awaitIdle() {
		until("an idle loop", () -> {
			Entry armed = this.bell;
			return this.waiting && this.queues.isQuiet() && this.enterErrors.isEmpty() && armed != null
					&& !Bell.isReadable(armed.file());
		});
	}

	private void until(String what, BooleanSupplier condition) {
		this.kernel.lock.lock();
		try {
			long left = PATIENCE;
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					throw new AssertionError("waited in vain for " + what + "; in flight: " + this.inFlight);
				}
				long start = System.nanoTime();
				this.kernel.changed.awaitNanos(GLANCE);
				left -= System.nanoTime() - start;
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		finally {
			this.kernel.lock.unlock();
		}
	}

	private void locked(Runnable action) {
		this.kernel.lock.lock();
		try {
			action.run();
			this.kernel.changed.signalAll();
		}
		finally {
			this.kernel.lock.unlock();
		}
	}

	int enter(int toSubmit, int minComplete, int enterFlags, long timeoutNanos) {
		if (!mayTouch()) {
			return -Errno.EEXIST;
		}
		this.enters++;
		Integer error = this.enterErrors.poll();
		if (error != null) {
			this.kernel.changed.signalAll();
			return -error;
		}
		Integer limit = (toSubmit > 0) ? this.submitLimits.poll() : null;
		int count = Math.min(toSubmit, (limit != null) ? limit : toSubmit);
		for (int i = 0; i < count; i++) {
			take(this.queues.consume());
		}
		this.kernel.changed.signalAll();
		if (count < toSubmit || (enterFlags & RingAbi.ENTER_GETEVENTS) == 0) {
			return count;
		}
		this.queues.flushOverflow();
		boolean inTime = await(minComplete, timeoutNanos);
		return (inTime || count > 0) ? count : -Errno.ETIME;
	}

	private boolean await(int minComplete, long timeoutNanos) {
		long start = System.nanoTime();
		try {
			while (true) {
				look();
				this.queues.deliver();
				if (this.queues.available() >= minComplete || this.queues.hasOverflowed()) {
					return true;
				}
				if (System.nanoTime() - start >= timeoutNanos) {
					return false;
				}
				this.waiting = true;
				this.kernel.changed.awaitNanos(GLANCE);
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		finally {
			this.waiting = false;
		}
	}

	/** Looks at the eventfd and the clock. */
	private void look() {
		Entry armed = this.bell;
		if (armed != null && Bell.isReadable(armed.file())) {
			this.bell = null;
			this.queues.post(armed.userData(), Bell.read(armed.file(), armed.address(), armed.length()));
		}
		this.timers.removeIf((timer) -> {
			boolean due = System.nanoTime() - timer.ends() >= 0;
			if (due) {
				this.queues.post(timer.userData(), -Errno.ETIME);
			}
			return due;
		});
	}

	private void take(Entry entry) {
		switch (entry.opcode()) {
			case Opcode.NOP -> post(entry.userData(), 0);
			case Opcode.TIMEOUT -> this.timers.add(Timer.of(entry.userData(), entry.address()));
			case Opcode.TIMEOUT_REMOVE -> updateTimer(entry);
			case Opcode.ASYNC_CANCEL -> cancel(entry);
			default -> {
				if (entry.opcode() == Opcode.READ && !entry.fixedFile()) {
					this.bell = entry;
				}
				else {
					startIo(entry);
				}
			}
		}
	}

	private void updateTimer(Entry entry) {
		boolean found = this.timers.removeIf((timer) -> timer.userData() == entry.address());
		if (found) {
			this.timers.add(Timer.of(entry.address(), entry.offset()));
		}
		post(entry.userData(), found ? 0 : -Errno.ENOENT);
	}

	private void cancel(Entry entry) {
		this.cancels.add(entry);
		boolean found = this.cancellable && this.inFlight.removeIf((io) -> io.entry().userData() == entry.address());
		if (found) {
			post(entry.address(), -Errno.ECANCELED);
			this.tables.settle();
		}
		post(entry.userData(), found ? 0 : -Errno.ENOENT);
	}

	private void startIo(Entry entry) {
		this.history.add(entry);
		FakeSlots.Slot file = this.tables.files().get(entry.file());
		boolean registered = entry.opcode() == Opcode.READ_FIXED || entry.opcode() == Opcode.WRITE_FIXED;
		FakeSlots.Slot buffer = registered ? this.tables.buffers().get(entry.buffer()) : null;
		Integer result;
		if (file == null) {
			result = -Errno.EBADF;
		}
		else if (registered && (buffer == null || !buffer.covers(entry.address(), entry.length()))) {
			result = -Errno.EFAULT;
		}
		else {
			result = this.kernel.answer(this, entry);
		}
		if (result != null) {
			post(entry.userData(), result);
		}
		else {
			this.inFlight.add(new Io(entry, file, buffer));
		}
	}

	private boolean isInUse(FakeSlots.Slot slot) {
		return this.inFlight.stream().anyMatch((io) -> slot.equals(io.file()) || slot.equals(io.buffer()));
	}

	FakeTables tables() {
		return this.tables;
	}

	private record Io(Entry entry, FakeSlots.@Nullable Slot file, FakeSlots.@Nullable Slot buffer) {

	}

	private record Timer(long userData, long ends) {

		static Timer of(long userData, long address) {
			MemorySegment time = MemorySegment.ofAddress(address).reinterpret(2 * Long.BYTES);
			return new Timer(userData,
					System.nanoTime() + TimeUnit.SECONDS.toNanos(time.getAtIndex(ValueLayout.JAVA_LONG, 0))
							+ time.getAtIndex(ValueLayout.JAVA_LONG, 1));
		}

	}

}
