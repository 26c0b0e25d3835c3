package dev.holdfast.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RingAbi;
import dev.holdfast.uring.sys.RingSyscalls;
import org.jspecify.annotations.Nullable;

/**
 * One io_uring. Unless {@link RingOptions#shared}, only the thread that opened it may
 * touch it: on a {@code SINGLE_ISSUER} ring another thread gets {@code EEXIST}.
 */
public final class Ring implements AutoCloseable {

	private static final int BASE = RingAbi.SETUP_CLAMP | RingAbi.SETUP_CQSIZE;

	private static final int SINGLE = RingAbi.SETUP_SINGLE_ISSUER | RingAbi.SETUP_DEFER_TASKRUN;

	/** From the best to what every kernel since 5.6 takes; each step names a kernel. */
	private static final int[] LADDER = {
			// 6.6
			BASE | SINGLE | RingAbi.SETUP_SUBMIT_ALL | RingAbi.SETUP_COOP_TASKRUN | RingAbi.SETUP_NO_SQARRAY,
			// 6.1
			BASE | SINGLE | RingAbi.SETUP_SUBMIT_ALL | RingAbi.SETUP_COOP_TASKRUN,
			// 6.0
			BASE | RingAbi.SETUP_SINGLE_ISSUER | RingAbi.SETUP_SUBMIT_ALL | RingAbi.SETUP_COOP_TASKRUN,
			// 5.19
			BASE | RingAbi.SETUP_SUBMIT_ALL | RingAbi.SETUP_COOP_TASKRUN,
			// 5.18
			BASE | RingAbi.SETUP_SUBMIT_ALL,
			// 5.6
			BASE };

	private final RingSyscalls kernel;

	private final int descriptor;

	private final RingSetup setup;

	private final MemorySegment queues;

	private final MemorySegment entries;

	private final SubmissionQueue submissions;

	private final CompletionQueue completions;

	private final FileTable files;

	private final BufferTable buffers;

	private long enters;

	private long submitted;

	private Ring(RingSyscalls kernel, int descriptor, RingSetup setup, MemorySegment params, RingOptions options,
			MemorySegment queues, MemorySegment entries) throws ErrnoException {
		this.kernel = kernel;
		this.descriptor = descriptor;
		this.setup = setup;
		this.queues = queues;
		this.entries = entries;
		if (isIndirect(setup)) {
			long array = offset(params, RingAbi.PARAMS_SQ_ARRAY);
			for (int i = 0; i < setup.entries(); i++) {
				queues.set(ValueLayout.JAVA_INT, array + (long) i * Integer.BYTES, i);
			}
		}
		this.submissions = new SubmissionQueue(queues, params, entries, setup.entries());
		this.completions = new CompletionQueue(queues, params, setup.completions());
		this.files = new FileTable(kernel, descriptor, options.files());
		this.buffers = new BufferTable(kernel, descriptor, options.buffers());
	}

	/**
	 * Sets up a ring with the best flags that the kernel takes.
	 * @throws ErrnoException if it takes none
	 */
	public static Ring open(RingSyscalls kernel, RingOptions options) throws ErrnoException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment params = arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES);
			int result = -Errno.EINVAL;
			int best = options.shared() ? LADDER[0] & ~SINGLE : LADDER[0];
			for (int step : LADDER) {
				int flags = options.shared() ? step & ~SINGLE : step;
				params.fill((byte) 0);
				params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_ENTRIES, options.completions());
				params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_FLAGS, flags);
				result = kernel.setup(options.entries(), params);
				if (result >= 0) {
					return finish(kernel, result, params, RingSetup.names(best & ~flags), options);
				}
				if (result != -Errno.EINVAL) {
					break;
				}
			}
			throw new ErrnoException("io_uring_setup", -result);
		}
	}

	private static Ring finish(RingSyscalls kernel, int descriptor, MemorySegment params, List<String> refused,
			RingOptions options) throws ErrnoException {
		int features = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_FEATURES);
		MemorySegment queues = null;
		MemorySegment entries = null;
		boolean done = false;
		try {
			if ((features & RingAbi.FEAT_SINGLE_MMAP) == 0 || (features & RingAbi.FEAT_NODROP) == 0) {
				throw new ErrnoException("io_uring_setup: this kernel's io_uring is older than 5.5", Errno.ENOSYS);
			}
			RingSetup setup = new RingSetup(params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_FLAGS), features,
					params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_SQ_ENTRIES),
					params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_ENTRIES), refused);
			queues = kernel.map(descriptor, RingAbi.MAP_RINGS, sizeOfQueues(setup, params));
			entries = kernel.map(descriptor, RingAbi.MAP_ENTRIES, setup.entries() * RingAbi.SQE_SIZE);
			Ring ring = new Ring(kernel, descriptor, setup, params, options, queues, entries);
			done = true;
			return ring;
		}
		finally {
			if (!done) {
				unmap(kernel, entries);
				unmap(kernel, queues);
				kernel.close(descriptor);
			}
		}
	}

	private static long sizeOfQueues(RingSetup setup, MemorySegment params) {
		long completionsEnd = offset(params, RingAbi.PARAMS_CQ_CQES) + setup.completions() * RingAbi.CQE_SIZE;
		if (!isIndirect(setup)) {
			return completionsEnd;
		}
		long arrayEnd = offset(params, RingAbi.PARAMS_SQ_ARRAY) + (long) setup.entries() * Integer.BYTES;
		return Math.max(completionsEnd, arrayEnd);
	}

	/** Whether an array of indices stands between the queue and its entries. */
	private static boolean isIndirect(RingSetup setup) {
		return (setup.flags() & RingAbi.SETUP_NO_SQARRAY) == 0;
	}

	private static void unmap(RingSyscalls kernel, @Nullable MemorySegment memory) {
		if (memory != null) {
			kernel.unmap(memory);
		}
	}

	public RingSetup setup() {
		return this.setup;
	}

	public SubmissionQueue submissions() {
		return this.submissions;
	}

	public CompletionQueue completions() {
		return this.completions;
	}

	public FileTable files() {
		return this.files;
	}

	public BufferTable buffers() {
		return this.buffers;
	}

	/**
	 * Gives what is queued to the kernel and lets it post completions, without waiting.
	 * @return entries consumed, which may be fewer than were queued, or a negative errno
	 * ({@code EAGAIN}, {@code EBUSY}, {@code EINTR}: reap and go on)
	 */
	public int submit() {
		return enter(0);
	}

	/**
	 * Gives what is queued to the kernel and waits for completions.
	 * @param minimum completions to wait for
	 * @return as {@link #submit()}
	 */
	public int submitAndWait(int minimum) {
		return enter(minimum);
	}

	private int enter(int minimum) {
		int queued = this.submissions.publish();
		this.enters++;
		return count(this.kernel.enter(this.descriptor, queued, minimum, RingAbi.ENTER_GETEVENTS));
	}

	/**
	 * As {@link #submitAndWait}, with a time-out. For idle paths: it makes garbage.
	 * @return as {@link #submit()}, or negative {@code ETIME}
	 */
	public int submitAndWait(int minimum, long timeoutNanos) {
		int queued = this.submissions.publish();
		this.enters++;
		return count(this.kernel.enter(this.descriptor, queued, minimum, RingAbi.ENTER_GETEVENTS, timeoutNanos));
	}

	private int count(int result) {
		if (result > 0) {
			this.submitted += result;
		}
		return result;
	}

	/**
	 * Calls of {@code io_uring_enter}.
	 */
	public long enters() {
		return this.enters;
	}

	/**
	 * Entries that the kernel has consumed.
	 */
	public long submitted() {
		return this.submitted;
	}

	int descriptor() {
		return this.descriptor;
	}

	/**
	 * Unmaps and closes. Closing does not finish I/O in flight: drain it first.
	 */
	@Override
	public void close() {
		this.kernel.unmap(this.entries);
		this.kernel.unmap(this.queues);
		this.kernel.close(this.descriptor);
	}

	private static long offset(MemorySegment params, long field) {
		return Integer.toUnsignedLong(params.get(ValueLayout.JAVA_INT, field));
	}

}
