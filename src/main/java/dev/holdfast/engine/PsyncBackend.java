package dev.holdfast.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Posix;
import org.jctools.queues.MpscArrayQueue;

/**
 * Pieces by blocking calls on helper threads, for hosts where io_uring is refused: what
 * fio calls the {@code psync} engine. It works on the device's one descriptor; a
 * {@code FileChannel} would have to open the device a second time, without
 * {@code O_EXCL}, and rounds alignment up to the file system's.
 */
final class PsyncBackend implements Backend {

	/** Blocking calls at a time. */
	static final int THREADS = 32;

	private final Arena arena = Arena.ofShared();

	private final MemorySegment zeroes = this.arena.allocate(Dispatcher.PIECE, 4096);

	private final ExecutorService helpers;

	private final Thread loopThread = Thread.currentThread();

	private final MpscArrayQueue<Result> results;

	private final Map<Integer, DeviceFile> files = new ConcurrentHashMap<>();

	private final int capacity;

	private final Completions completions;

	private int started;

	private long submitted;

	private volatile boolean woken;

	private volatile boolean waiting;

	private final Queue<Integer> cleared = new ArrayDeque<>();

	PsyncBackend(int capacity, Completions completions) {
		this.capacity = capacity;
		this.completions = completions;
		this.results = new MpscArrayQueue<>(capacity);
		this.helpers = Executors.newFixedThreadPool(THREADS,
				Thread.ofPlatform().daemon().name("holdfast-psync-", 0).factory());
	}

	@Override
	public boolean room() {
		return this.started < this.capacity;
	}

	@Override
	public void start(Piece piece) {
		this.started++;
		this.submitted++;
		Call call = Call.of(piece, this.zeroes);
		this.helpers.execute(() -> {
			this.results.offer(new Result(call.userData(), call.run()));
			if (this.waiting) {
				wake();
			}
		});
	}

	@Override
	public void cancel(Piece piece) {
		// A blocking call cannot be taken back.
	}

	@Override
	public int poll() {
		int reported = 0;
		for (Result result = this.results.poll(); result != null; result = this.results.poll()) {
			this.started--;
			reported++;
			this.completions.completed(result.userData(), result.value());
		}
		for (Integer slot = this.cleared.poll(); slot != null; slot = this.cleared.poll()) {
			this.completions.fileReleased(slot);
		}
		return reported;
	}

	@Override
	public int await(long timeoutNanos) {
		long start = System.nanoTime();
		this.waiting = true;
		while (!this.woken && this.results.isEmpty() && this.cleared.isEmpty()) {
			long left = timeoutNanos - (System.nanoTime() - start);
			if (left <= 0) {
				break;
			}
			LockSupport.parkNanos(this, left);
		}
		this.waiting = false;
		this.woken = false;
		return poll();
	}

	@Override
	public void wake() {
		this.woken = true;
		LockSupport.unpark(this.loopThread);
	}

	@Override
	public void putFile(int slot, DeviceFile file) {
		this.files.put(slot, file);
	}

	@Override
	public void clearFile(int slot) {
		this.files.remove(slot);
		this.cleared.add(slot);
	}

	@Override
	public long enters() {
		return 0;
	}

	@Override
	public long submitted() {
		return this.submitted;
	}

	@Override
	public long overflows() {
		return 0;
	}

	@Override
	public void close() {
		this.helpers.shutdown();
		this.arena.close();
	}

	/** What a helper thread reports. */
	private record Result(long userData, long value) {

	}

	/** One blocking call; a copy of the piece, which stays the loop's. */
	private record Call(IoKind kind, DeviceFile file, long offset, long address, long length, boolean durable,
			boolean zeroByWriting, long userData) {

		static Call of(Piece piece, MemorySegment zeroes) {
			LoopDevice device = piece.device();
			boolean write = piece.kind == IoKind.ZERO && device.zeroByWriting;
			long length = piece.length - piece.done;
			return new Call(piece.kind, device.file, piece.offset + piece.done,
					write ? zeroes.address() : piece.address + piece.done,
					write ? Math.min(length, zeroes.byteSize()) : length, piece.durable, write, piece.userData());
		}

		long run() {
			int descriptor = this.file.descriptor();
			return switch (this.kind) {
				case READ -> Posix.read(descriptor, this.address, this.length, this.offset);
				case WRITE -> write(descriptor);
				case FLUSH -> Posix.dataSync(descriptor);
				case ZERO -> this.zeroByWriting ? Posix.write(descriptor, this.address, this.length, this.offset)
						: Posix.fallocate(descriptor, Posix.FALLOC_FL_ZERO_RANGE | Posix.FALLOC_FL_KEEP_SIZE,
								this.offset, this.length);
				case DISCARD -> discard(descriptor);
			};
		}

		private long write(int descriptor) {
			long written = Posix.write(descriptor, this.address, this.length, this.offset);
			if (written > 0 && this.durable) {
				int result = Posix.dataSync(descriptor);
				return (result < 0) ? result : written;
			}
			return written;
		}

		private long discard(int descriptor) {
			int result = this.file.blockDevice() ? Posix.discard(descriptor, this.offset, this.length)
					: Posix.fallocate(descriptor, Posix.FALLOC_FL_PUNCH_HOLE | Posix.FALLOC_FL_KEEP_SIZE, this.offset,
							this.length);
			return (result == -Errno.EINVAL && this.file.blockDevice()) ? -Errno.EOPNOTSUPP : result;
		}

	}

}
