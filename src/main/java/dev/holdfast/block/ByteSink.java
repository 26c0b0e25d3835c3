package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a read go.
 */
@FunctionalInterface
public interface ByteSink {

	/**
	 * Takes the next bytes. Called in order, on the caller's thread.
	 * @param bytes read-only; not to be used after the call returns
	 * @throws IOException if they cannot be passed on; it ends the read and is rethrown
	 */
	void accept(ByteBuffer bytes) throws IOException;

}
