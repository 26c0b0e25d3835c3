package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a write come from.
 */
@FunctionalInterface
public interface ByteSource {

	/**
	 * Gives the next bytes. Called on the caller's thread; may block.
	 * @param into has at least a byte of room; not to be used after the call returns
	 * @return how many bytes were put, at least 1, or -1 at the end
	 * @throws IOException if they cannot be had; it ends the write and is rethrown
	 */
	int read(ByteBuffer into) throws IOException;

}
