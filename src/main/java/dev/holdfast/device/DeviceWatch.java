package dev.holdfast.device;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.KernelEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what drives there are whenever the kernel says that something has changed, and
 * every second, since in a container the kernel may not be heard. One thread of its own.
 */
public final class DeviceWatch implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(DeviceWatch.class);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private final Devices devices;

	private final @Nullable KernelEvents events;

	private final Thread thread;

	private volatile boolean closed;

	private DeviceWatch(Devices devices, @Nullable KernelEvents events) {
		this.devices = devices;
		this.events = events;
		this.thread = Thread.ofPlatform().daemon().name("holdfast-device-watch").unstarted(this::run);
	}

	/**
	 * Watches from now on.
	 */
	public static DeviceWatch start(Devices devices) {
		DeviceWatch watch = new DeviceWatch(devices, listen());
		watch.thread.start();
		return watch;
	}

	private static @Nullable KernelEvents listen() {
		try {
			return KernelEvents.open();
		}
		catch (ErrnoException ex) {
			log.warn("Devices: the kernel's events cannot be heard ({}): drives are looked at every second",
					ex.getMessage());
			return null;
		}
	}

	private void run() {
		boolean event = true;
		while (!this.closed) {
			try {
				this.devices.look(event);
			}
			catch (RuntimeException ex) {
				log.error("Devices were not looked at as they should be", ex);
			}
			event = await();
		}
	}

	private boolean await() {
		if (this.events != null) {
			return this.events.await(PERIOD);
		}
		LockSupport.parkNanos(PERIOD.toNanos());
		return false;
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (this.events != null) {
			this.events.end();
		}
		LockSupport.unpark(this.thread);
		try {
			this.thread.join();
			if (this.events != null) {
				this.events.close();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ErrnoException ex) {
			log.warn("The kernel's events were not closed cleanly", ex);
		}
	}

}
