package dev.holdfast.device;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Asks whether a drive is gone after I/O that failed as if it were: at once, and every 20
 * ms for up to a second. All who ask at the same time share the looking.
 */
final class DriveDoubt {

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

	private static final long LIMIT = TimeUnit.SECONDS.toNanos(1);

	private final BooleanSupplier gone;

	private boolean looking;

	private boolean isGone;

	private long lastLook;

	DriveDoubt(BooleanSupplier gone) {
		this.gone = gone;
	}

	/**
	 * Blocks until it is known. Interrupts are kept for the caller.
	 * @return whether it is gone
	 */
	boolean isGone() {
		long end = System.nanoTime() + LIMIT;
		boolean interrupted = false;
		try {
			while (true) {
				if (look(end)) {
					return true;
				}
				if (System.nanoTime() - end >= 0) {
					return false;
				}
				try {
					pause(end);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Looks, unless somebody else does or has done so a moment ago.
	 */
	private boolean look(long end) {
		synchronized (this) {
			boolean fresh = System.nanoTime() - this.lastLook < PERIOD && System.nanoTime() - end < -PERIOD;
			if (this.isGone || this.looking || fresh) {
				return this.isGone;
			}
			this.looking = true;
		}
		boolean found = false;
		try {
			found = this.gone.getAsBoolean();
		}
		finally {
			synchronized (this) {
				this.looking = false;
				this.isGone |= found;
				this.lastLook = System.nanoTime();
				notifyAll();
			}
		}
		return found;
	}

	private synchronized void pause(long end) throws InterruptedException {
		long left = Math.min(PERIOD, end - System.nanoTime());
		if (left > 0 && !this.isGone) {
			TimeUnit.NANOSECONDS.timedWait(this, left);
		}
	}

}
