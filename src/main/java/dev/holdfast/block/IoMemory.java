package dev.holdfast.block;

import dev.holdfast.buffer.BufferUse;
import dev.holdfast.mapping.Route;
import org.jspecify.annotations.Nullable;

/**
 * Memory that operations name.
 *
 * @param use of a buffer, for as long as the kernel may have it
 * @param route from that buffer to the volume
 * @param lender if it is somebody else's: called instead of giving it back, and must not
 * block
 */
record IoMemory(BufferUse use, Route route, @Nullable Runnable lender) {

	IoMemory(BufferUse use, Route route) {
		this(use, route, null);
	}

	/**
	 * The same for operations that are done on the owner's behalf.
	 */
	IoMemory lent(Runnable onRelease) {
		return new IoMemory(this.use, this.route, onRelease);
	}

	/**
	 * Gives it back, once, after the kernel is done with it.
	 */
	void close() {
		if (this.lender != null) {
			this.lender.run();
		}
		else {
			this.use.close();
			this.route.close();
		}
	}

	/**
	 * The same for threads that must not block.
	 */
	void closeSoon() {
		if (this.lender != null) {
			this.lender.run();
		}
		else {
			this.use.closeSoon();
			this.route.close();
		}
	}

}
