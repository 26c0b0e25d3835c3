package dev.holdfast.powerloss;

/**
 * A promise that was not kept.
 */
final class Violation extends AssertionError {

	private static final long serialVersionUID = 1L;

	Violation(String message) {
		super(message);
	}

	Violation(String message, Throwable cause) {
		super(message, cause);
	}

}
