package dev.holdfast.device;

/**
 * Who knows whether the volumes of a device may come in.
 */
@FunctionalInterface
public interface LabelReview {

	/** Takes any label as it is. */
	LabelReview NONE = (label, both, ours) -> label.content();

	/**
	 * Looks at the label of a device before anything is written to it. What this throws
	 * leaves the device as it was.
	 * @param label as it was found
	 * @param both whether both copies of it are whole; the newest may be lost if not
	 * @param ours whether this installation held the device last
	 * @return what the label is to hold from now on
	 */
	LabelContent review(Label label, boolean both, boolean ours);

}
