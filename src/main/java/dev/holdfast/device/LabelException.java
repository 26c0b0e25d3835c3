package dev.holdfast.device;

/**
 * Bytes that are not a label that can be used.
 */
final class LabelException extends Exception {

	private static final long serialVersionUID = 1L;

	LabelException(String message) {
		super(message);
	}

	LabelException(String message, Throwable cause) {
		super(message, cause);
	}

}
