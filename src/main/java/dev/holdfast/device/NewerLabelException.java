package dev.holdfast.device;

/**
 * A whole label that a newer release wrote and this one must not touch.
 */
final class NewerLabelException extends Exception {

	private static final long serialVersionUID = 1L;

	NewerLabelException(int version, long features, String release) {
		super("its label has format %d%s and needs Holdfast %s or later".formatted(version,
				(features != 0) ? " with required features 0x" + Long.toHexString(features) : "", release));
	}

}
