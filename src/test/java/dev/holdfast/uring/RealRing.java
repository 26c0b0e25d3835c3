package dev.holdfast.uring;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;

/** A ring of the running kernel, for tests that go entry by entry. */
final class RealRing implements AutoCloseable {

	static final int BUFFERS = 8;

	final Ring ring;

	/** Registered by those tests that want it to be. */
	final MemorySegment memory;

	private final Deque<Completion> taken = new ArrayDeque<>();

	private RealRing(boolean shared) throws ErrnoException {
		this.ring = Ring.open(new LinuxRingSyscalls(), new RingOptions(16, 32, 8, BUFFERS, shared));
		this.memory = Posix.mapMemory("holdfast-test", 64 << 10);
	}

	static RealRing open() throws ErrnoException {
		return new RealRing(false);
	}

	static RealRing openShared() throws ErrnoException {
		return new RealRing(true);
	}

	SubmissionQueue submissions() {
		return this.ring.submissions();
	}

	/** Waits for the next completion. */
	Completion next() {
		while (this.taken.isEmpty()) {
			int result = this.ring.submitAndWait(1);
			if (result < 0 && result != -Errno.EINTR) {
				throw new AssertionError(Errno.name(-result));
			}
			take();
		}
		return this.taken.remove();
	}

	/** Whether no completion is there. */
	boolean isQuiet() {
		int result = this.ring.submit();
		if (result < 0 && result != -Errno.EINTR) {
			throw new AssertionError(Errno.name(-result));
		}
		take();
		return this.taken.isEmpty();
	}

	private void take() {
		this.ring.completions().drain((userData, result) -> this.taken.add(new Completion(userData, result)));
	}

	@Override
	public void close() throws ErrnoException {
		this.ring.close();
		Posix.unmap(this.memory);
	}

	record Completion(long userData, int result) {

	}

}
