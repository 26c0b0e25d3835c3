package dev.holdfast.buffer;

/**
 * Who follows buffers, as clients see them. On the thread of the change, which waits:
 * must be quick and must not throw.
 */
public interface BufferFollower {

	/**
	 * A buffer is declared and in memory.
	 */
	void created(BufferStatus buffer);

	/**
	 * Its state is different, or why it is not in memory.
	 */
	void changed(BufferStatus buffer);

	/**
	 * A buffer is gone, its memory too.
	 */
	void deleted(BufferStatus buffer);

}
