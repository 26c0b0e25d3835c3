package dev.holdfast.block;

import dev.holdfast.buffer.BufferUse;
import dev.holdfast.mapping.Route;

/**
 * Memory that operations name.
 *
 * @param use of a buffer, for as long as the kernel may have it
 * @param route from that buffer to the volume
 */
record IoMemory(BufferUse use, Route route) {

	/**
	 * Gives it back, once, after the kernel is done with it.
	 */
	void close() {
		this.use.close();
		this.route.close();
	}

	/**
	 * The same for threads that must not block.
	 */
	void closeSoon() {
		this.use.closeSoon();
		this.route.close();
	}

}
