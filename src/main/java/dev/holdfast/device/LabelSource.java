package dev.holdfast.device;

/**
 * Who knows what the label is to hold.
 */
public interface LabelSource {

	/**
	 * What to write now. Called by one committing thread at a time; must hold every
	 * change that was made before its {@link SharedCommit#commit()}.
	 * @return an immutable copy
	 */
	LabelContent content();

	/**
	 * What was last asked for is durable. On the same thread.
	 */
	default void written() {
	}

}
