package dev.holdfast.device;

import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.uring.sys.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what was answered durable when a drive is let go of, since nobody sees what it
 * loses after that.
 */
final class FinalFlush implements IoListener {

	private static final Logger log = LoggerFactory.getLogger(FinalFlush.class);

	private final String device;

	private final long mark;

	private volatile boolean succeeded;

	private FinalFlush(String device, long mark) {
		this.device = device;
		this.mark = mark;
	}

	/**
	 * Begins it. Whoever detaches the drive after that waits for it, as for all I/O.
	 * @param mark names the writes that it makes durable
	 */
	static FinalFlush start(Device device, long mark) {
		FinalFlush flush = new FinalFlush(device.name(), mark);
		try {
			if (!device.engine().submit(new IoOperation(flush).flush(device.io()))) {
				flush.warn("it has too much to do");
			}
		}
		catch (IllegalStateException ex) {
			flush.warn(String.valueOf(ex.getMessage()));
		}
		return flush;
	}

	/**
	 * Whether they are durable. Any thread.
	 */
	boolean succeeded() {
		return this.succeeded;
	}

	long mark() {
		return this.mark;
	}

	@Override
	public void answered(IoOperation operation) {
		this.succeeded = operation.errno() == 0;
		if (!this.succeeded) {
			warn(Errno.name(operation.errno()));
		}
	}

	@Override
	public void released(IoOperation operation) {
	}

	private void warn(String why) {
		log.warn("Device {} was not flushed at the end ({}): what was not flushed before counts as lost", this.device,
				why);
	}

}
