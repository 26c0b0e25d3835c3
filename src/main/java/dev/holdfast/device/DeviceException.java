package dev.holdfast.device;

import java.io.IOException;

/**
 * A device that cannot be used. The message is a sentence for the operator that says what
 * to do; it may hold a path, so it never goes to a tenant.
 */
public final class DeviceException extends IOException {

	private static final long serialVersionUID = 1L;

	public DeviceException(String message) {
		super(message);
	}

	public DeviceException(String message, Throwable cause) {
		super(message, cause);
	}

}
