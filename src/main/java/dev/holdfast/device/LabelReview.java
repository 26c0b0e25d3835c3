package dev.holdfast.device;

/**
 * Who knows whether the volumes of a device may come in.
 */
@FunctionalInterface
public interface LabelReview {

	/** Takes any label as it is. */
	LabelReview NONE = (label, ours) -> label.content();

	/**
	 * Looks at the label of a device before anything is written to it. What this throws
	 * leaves the device as it was.
	 * @param label as it was found
	 * @param ours whether this installation held the device last
	 * @return what the label is to hold from now on
	 */
	LabelContent review(Label label, boolean ours);

}
