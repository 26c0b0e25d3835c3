package dev.holdfast.uring.sys;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks again for memory that the kernel refuses with {@code ENOMEM}, for some time from
 * its making on. What the rings of a killed process held counts against
 * {@code RLIMIT_MEMLOCK} of its user until the kernel has taken them apart, which it does
 * after the process is gone: a service that is started again at once would find no room.
 */
public final class PatientRingSyscalls implements RingSyscalls {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

	private final RingSyscalls kernel;

	private final long end;

	/**
	 * Patient from now on.
	 * @param kernel to ask
	 * @param patience until when to ask again
	 */
	public PatientRingSyscalls(RingSyscalls kernel, Duration patience) {
		this.kernel = kernel;
		this.end = System.nanoTime() + patience.toNanos();
	}

	@Override
	public int setup(int entries, MemorySegment params) {
		int result = this.kernel.setup(entries, params);
		while (isWorthAnotherTry(result)) {
			result = this.kernel.setup(entries, params);
		}
		return result;
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags) {
		return this.kernel.enter(ring, toSubmit, minComplete, flags);
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags, long timeoutNanos) {
		return this.kernel.enter(ring, toSubmit, minComplete, flags, timeoutNanos);
	}

	@Override
	public int register(int ring, int opcode, MemorySegment argument, int count) {
		int result = this.kernel.register(ring, opcode, argument, count);
		while (isWorthAnotherTry(result)) {
			result = this.kernel.register(ring, opcode, argument, count);
		}
		return result;
	}

	private boolean isWorthAnotherTry(int result) {
		boolean again = result == -Errno.ENOMEM && System.nanoTime() - this.end < 0;
		if (again) {
			LockSupport.parkNanos(PAUSE);
		}
		return again;
	}

	@Override
	public MemorySegment map(int ring, long offset, long size) throws ErrnoException {
		return this.kernel.map(ring, offset, size);
	}

	@Override
	public void unmap(MemorySegment memory) {
		this.kernel.unmap(memory);
	}

	@Override
	public void close(int ring) {
		this.kernel.close(ring);
	}

}
