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

	private volatile boolean succeeded;

	private FinalFlush(String device) {
		this.device = device;
	}

	/**
	 * Begins it. Whoever detaches the drive after that waits for it, as for all I/O.
	 */
	static FinalFlush start(Device device) {
		FinalFlush flush = new FinalFlush(device.name());
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
	 * Whether all is durable. Any thread.
	 */
	boolean succeeded() {
		return this.succeeded;
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
		log.warn("Device {} was not flushed at the end: {}", this.device, why);
	}

}
