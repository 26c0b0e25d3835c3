package dev.holdfast.buffer;

/**
 * Bytes of a buffer that somebody uses, until it is closed. Whoever does I/O with them
 * closes it only once the engine has released the operation. Closing twice does nothing.
 */
public sealed interface BufferUse extends AutoCloseable permits Region, Lease {

	/**
	 * Where in the buffer they begin.
	 * @return bytes
	 */
	long offset();

	@Override
	void close();

	/**
	 * Closes it, for threads that must not block.
	 */
	void closeSoon();

}
