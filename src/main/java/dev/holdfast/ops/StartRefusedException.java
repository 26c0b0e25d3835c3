package dev.holdfast.ops;

import org.jspecify.annotations.Nullable;

/**
 * The service cannot start, and somebody can do something about it.
 */
public final class StartRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	public StartRefusedException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	public StartRefusedException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * What to do.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}
