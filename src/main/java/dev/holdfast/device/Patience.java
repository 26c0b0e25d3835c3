package dev.holdfast.device;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long drives that other programs hold are waited for. A process that was killed may
 * hold all of its drives until its last I/O ends, so the wait is one for all of them, and
 * not one for each: what one waited the next does not. Once nothing was opened for as
 * long it begins anew. Any thread.
 */
final class Patience {

	private final long most;

	private long spent;

	private long last = System.nanoTime();

	Patience(Duration most) {
		this.most = most.toNanos();
	}

	/**
	 * Opens a file or block device.
	 * @throws DeviceException as for {@link BlockFile#open}
	 */
	BlockFile open(Path path) throws DeviceException {
		long began = System.nanoTime();
		Duration left = left(began);
		try {
			return BlockFile.open(path, left);
		}
		finally {
			spend(began, System.nanoTime());
		}
	}

	private synchronized Duration left(long now) {
		if (now - this.last > this.most) {
			this.spent = 0;
		}
		return Duration.ofNanos(Math.max(0, this.most - this.spent));
	}

	private synchronized void spend(long from, long to) {
		this.spent += to - from;
		this.last = to;
	}

}
