package dev.holdfast.device;

/**
 * What is known of an extent. The code is what the label holds.
 */
public enum ExtentState {

	/** Known to read as zeroes. */
	FREE(1),
	/** Belongs to nobody and may hold anything. */
	DIRTY(2),
	/** Being filled from another device; nobody's data yet. */
	INCOMING(3),
	/** Part of a volume. */
	USED(4);

	private final int code;

	ExtentState(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

	static ExtentState of(int code) throws LabelException {
		for (ExtentState state : values()) {
			if (state.code == code) {
				return state;
			}
		}
		throw new LabelException("extent state " + code);
	}

}
