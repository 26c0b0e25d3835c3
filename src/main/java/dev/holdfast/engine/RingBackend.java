package dev.holdfast.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.uring.CompletionHandler;
import dev.holdfast.uring.Ring;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * Pieces through a ring. A sleeping loop is woken by an eventfd that it reads through the
 * ring, and by a time-out entry for the next deadline, so that the wait itself stays the
 * fast six-argument call.
 */
final class RingBackend implements Backend {

	private static final long NO_TIMER = Long.MAX_VALUE;

	/** A running time-out is shortened only if that makes it earlier by this much. */
	private static final long TIMER_SLACK = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

	/** User data of entries that are no piece's: negative, unlike a piece's. */
	private static final long WAKE = -1;

	private static final long TIMER = -2;

	private static final long IGNORED = -3;

	private static final long FILE_TAGS = Long.MIN_VALUE;

	static final long BUFFER_TAGS = Long.MIN_VALUE / 2;

	/** Entries kept free for wake-up, time-out and cancel. */
	private static final int RESERVE = 4;

	/**
	 * Completions answered before what they set off is sent: the drive should not wait.
	 */
	private static final int BATCH = 8;

	private final Ring ring;

	private final EngineLoop loop;

	private final Arena arena = Arena.ofShared();

	private final MemorySegment one = this.arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);

	private final MemorySegment bell = this.arena.allocate(ValueLayout.JAVA_LONG);

	private final MemorySegment time = this.arena.allocate(ValueLayout.JAVA_LONG, 2);

	private final MemorySegment zeroes = this.arena.allocate(Dispatcher.PIECE, 4096);

	private final int eventDescriptor;

	private final boolean discardCommand;

	private final ExecutorService helpers = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("holdfast-blocking-", 0).factory());

	private boolean listening;

	private long timerEnds = NO_TIMER;

	private int inKernel;

	private int reported;

	/** Copied from the ring, which a reader of statistics may outlive. */
	private long overflows;

	private final CompletionHandler taker = this::take;

	/** Guards the eventfd, which must not be written once its number may be another's. */
	private final Object bellLock = new Object();

	private boolean closed;

	RingBackend(Ring ring, EngineLoop loop, boolean discardCommand) throws ErrnoException {
		this.ring = ring;
		this.loop = loop;
		this.discardCommand = discardCommand;
		this.eventDescriptor = Posix.eventfd();
	}

	Ring ring() {
		return this.ring;
	}

	@Override
	public boolean room() {
		return this.ring.submissions().room() > RESERVE;
	}

	@Override
	public void start(Piece piece) {
		LoopDevice device = piece.device();
		int file = device.slot;
		long offset = piece.offset + piece.done;
		int length = (int) Math.min(piece.length - piece.done, Integer.MAX_VALUE);
		long address = piece.address + piece.done;
		long userData = piece.userData();
		this.inKernel++;
		switch (piece.kind) {
			case READ -> {
				if (piece.bufferSlot >= 0) {
					this.ring.submissions().readFixed(file, offset, piece.bufferSlot, address, length, userData);
				}
				else {
					this.ring.submissions().read(file, offset, address, length, userData);
				}
			}
			case WRITE -> {
				if (piece.bufferSlot >= 0) {
					this.ring.submissions()
						.writeFixed(file, offset, piece.bufferSlot, address, length, piece.durable, userData);
				}
				else {
					this.ring.submissions().write(file, offset, address, length, piece.durable, userData);
				}
			}
			case FLUSH -> this.ring.submissions().dataSync(file, userData);
			case ZERO -> zero(piece, file, offset, userData);
			case DISCARD -> discard(piece, file, userData);
		}
	}

	private void zero(Piece piece, int file, long offset, long userData) {
		if (piece.device().zeroByWriting) {
			int length = (int) Math.min(piece.length - piece.done, this.zeroes.byteSize());
			this.ring.submissions().write(file, offset, this.zeroes.address(), length, false, userData);
		}
		else {
			this.ring.submissions()
				.fallocate(file, Posix.FALLOC_FL_ZERO_RANGE | Posix.FALLOC_FL_KEEP_SIZE, offset, piece.length,
						userData);
		}
	}

	private void discard(Piece piece, int file, long userData) {
		LoopDevice device = piece.device();
		if (!device.file.blockDevice()) {
			this.ring.submissions()
				.fallocate(file, Posix.FALLOC_FL_PUNCH_HOLE | Posix.FALLOC_FL_KEEP_SIZE, piece.offset, piece.length,
						userData);
		}
		else if (this.discardCommand && !device.discardByIoctl) {
			this.ring.submissions().discard(file, piece.offset, piece.length, userData);
		}
		else {
			device.discardByIoctl = true;
			int descriptor = device.file.descriptor();
			long offset = piece.offset;
			long length = piece.length;
			this.helpers.execute(() -> {
				int result = Posix.discard(descriptor, offset, length);
				this.loop.send(() -> {
					this.inKernel--;
					this.loop.completed(userData, result);
				});
			});
		}
	}

	@Override
	public void cancel(Piece piece) {
		if (this.ring.submissions().room() > 0) {
			this.ring.submissions().cancel(piece.userData(), IGNORED);
		}
	}

	@Override
	public int poll() {
		if (this.inKernel > 0 || this.ring.submissions().queued() > 0) {
			enter(0);
		}
		return report();
	}

	@Override
	public int await(long timeoutNanos) {
		if (this.ring.completions().available() > 0) {
			return poll();
		}
		listen();
		arm(timeoutNanos);
		enter(1);
		return report();
	}

	private void enter(int minimum) {
		int result = this.ring.submitAndWait(minimum);
		if (result < 0) {
			refused(-result);
		}
	}

	private int report() {
		this.reported = 0;
		this.ring.completions().drain(this.taker, BATCH);
		if (this.ring.submissions().completionsOverflowed()) {
			this.ring.submit();
		}
		this.overflows = Integer.toUnsignedLong(this.ring.completions().overflows());
		return this.reported;
	}

	/** Reap and go on; if there is nothing to reap, let the kernel breathe. */
	private void refused(int errno) {
		if (errno == Errno.EINTR) {
			return;
		}
		if (errno != Errno.EAGAIN && errno != Errno.EBUSY) {
			throw new IllegalStateException("io_uring_enter: " + Errno.name(errno));
		}
		if (this.ring.completions().available() == 0) {
			LockSupport.parkNanos(100_000);
		}
	}

	private void take(long userData, int result) {
		if (userData >= 0) {
			this.inKernel--;
			this.reported++;
			this.loop.completed(userData, result);
		}
		else if (userData == WAKE) {
			this.listening = false;
		}
		else if (userData == TIMER) {
			this.timerEnds = NO_TIMER;
		}
		else if (userData < BUFFER_TAGS) {
			this.loop.fileReleased((int) (userData - FILE_TAGS));
		}
		else if (userData != IGNORED) {
			this.loop.bufferReleased((int) (userData - BUFFER_TAGS));
		}
	}

	private void listen() {
		if (!this.listening && this.ring.submissions().room() > 0) {
			this.ring.submissions().readDescriptor(this.eventDescriptor, this.bell.address(), Long.BYTES, WAKE);
			this.listening = true;
		}
	}

	private void arm(long timeoutNanos) {
		if (timeoutNanos == Long.MAX_VALUE) {
			return;
		}
		long ends = System.nanoTime() + timeoutNanos;
		boolean running = this.timerEnds != NO_TIMER;
		if ((running && ends >= this.timerEnds - TIMER_SLACK) || this.ring.submissions().room() == 0) {
			return;
		}
		this.time.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutNanos / NANOS);
		this.time.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutNanos % NANOS);
		if (running) {
			this.ring.submissions().updateTimeout(TIMER, this.time.address(), IGNORED);
		}
		else {
			this.ring.submissions().timeout(this.time.address(), TIMER);
		}
		this.timerEnds = ends;
	}

	@Override
	public void wake() {
		synchronized (this.bellLock) {
			if (!this.closed) {
				Posix.writeEight(this.eventDescriptor, this.one.address());
			}
		}
	}

	@Override
	public void putFile(int slot, DeviceFile file) throws ErrnoException {
		int result = this.ring.files().put(slot, file.descriptor(), FILE_TAGS + slot);
		if (result < 0) {
			throw new ErrnoException("io_uring_register of " + file.name(), -result);
		}
	}

	@Override
	public void clearFile(int slot) throws ErrnoException {
		int result = this.ring.files().clear(slot);
		if (result < 0) {
			throw new ErrnoException("io_uring_register of an empty file slot", -result);
		}
	}

	@Override
	public long enters() {
		return this.ring.enters();
	}

	@Override
	public long submitted() {
		return this.ring.submitted();
	}

	@Override
	public long overflows() {
		return this.overflows;
	}

	@Override
	public void close() {
		this.helpers.shutdown();
		this.ring.close();
		synchronized (this.bellLock) {
			this.closed = true;
			try {
				Posix.close(this.eventDescriptor);
			}
			catch (ErrnoException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
