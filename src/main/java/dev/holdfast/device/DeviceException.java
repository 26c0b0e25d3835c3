package dev.holdfast.device;

import java.io.IOException;

import dev.holdfast.contract.Problem;

/**
 * A device that cannot be used. The message is a clause that says why and what to do,
 * without a path or the device's name: whoever reports it knows what the operator called
 * it.
 */
public final class DeviceException extends IOException {

	private static final long serialVersionUID = 1L;

	private final Problem problem;

	public DeviceException(Problem problem, String message) {
		super(message);
		this.problem = problem;
	}

	public DeviceException(Problem problem, String message, Throwable cause) {
		super(message, cause);
		this.problem = problem;
	}

	/**
	 * What it is to who asked for the device.
	 * @return the name in the API
	 */
	public Problem problem() {
		return this.problem;
	}

}
