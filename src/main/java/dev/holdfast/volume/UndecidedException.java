package dev.holdfast.volume;

import dev.holdfast.engine.IoFailedException;

/**
 * A label that decides could not be written, and may say the one or the other.
 */
final class UndecidedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Exception failure;

	UndecidedException(Exception failure) {
		super(failure);
		this.failure = failure;
	}

	/**
	 * Throws why it could not.
	 * @return never
	 */
	RuntimeException failure() throws IoFailedException {
		switch (this.failure) {
			case IoFailedException failed -> throw failed;
			case RuntimeException failed -> throw failed;
			default -> throw new IllegalStateException(this.failure);
		}
	}

}
