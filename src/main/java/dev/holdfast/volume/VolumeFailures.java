package dev.holdfast.volume;

import java.util.concurrent.CancellationException;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.uring.sys.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What it is to a client that a change of volumes failed.
 */
final class VolumeFailures {

	private static final Logger log = LoggerFactory.getLogger(VolumeFailures.class);

	private VolumeFailures() {
	}

	/**
	 * The engine takes no more for the device. Who cancels is told so, by an exception of
	 * the same kind.
	 */
	static RuntimeException notOnline(IllegalStateException cause) {
		return (cause instanceof CancellationException) ? cause : refused(cause);
	}

	/**
	 * The engine takes no more for the device.
	 */
	static ProblemException refused(IllegalStateException cause) {
		return new ProblemException(Problem.DEVICE_NOT_ONLINE, "The device does not take I/O any more", cause);
	}

	static ProblemException failed(String what, IoFailedException cause) {
		String detail = "%s: device %s failed with %s".formatted(what, cause.device(), Errno.name(cause.errno()));
		log.warn("{}: {}", what, cause.getMessage());
		return new ProblemException(Problem.IO_ERROR, detail, cause).with("errno", Errno.name(cause.errno()));
	}

	/**
	 * Labels cannot be written while a drive is away, or suspended.
	 * @param what is to be done to the volume
	 */
	static void requireOnline(VolumeHandle handle, String what) {
		for (Device device : handle.devices()) {
			if (device.state() != DeviceState.ONLINE) {
				throw new ProblemException(Problem.DEVICE_NOT_ONLINE,
						"A device of the volume is %s: %s it once that is back".formatted(device.state().label(), what))
					.with("deviceState", device.state().label())
					.with("retryable", true);
			}
		}
	}

}
