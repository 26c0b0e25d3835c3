package dev.holdfast.device;

import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.uring.sys.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what was answered durable before a drive is let go of, since nobody would tell
 * what it loses after that.
 */
final class FinalFlush implements IoListener {

	private static final Logger log = LoggerFactory.getLogger(FinalFlush.class);

	private final String device;

	private FinalFlush(String device) {
		this.device = device;
	}

	/**
	 * Starts it, if the drive is there and has a volatile cache. Whoever lets go of the
	 * drive waits for it, as for all I/O.
	 */
	static void start(Device device) {
		if (device.state() != DeviceState.ONLINE || device.unflushed() == null) {
			return;
		}
		FinalFlush flush = new FinalFlush(device.name());
		try {
			if (!device.engine().submit(new IoOperation(flush).flush(device.io()))) {
				flush.warn("its queue is full");
			}
		}
		catch (IllegalStateException ex) {
			flush.warn("it leaves just now");
		}
	}

	@Override
	public void answered(IoOperation operation) {
		if (operation.errno() != 0) {
			warn(Errno.name(operation.errno()));
		}
	}

	@Override
	public void released(IoOperation operation) {
	}

	private void warn(String why) {
		log.warn("Device {} could not be flushed at the end ({}): what was answered and not flushed is lost "
				+ "if it loses its power now", this.device, why);
	}

}
