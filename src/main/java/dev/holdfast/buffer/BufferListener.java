package dev.holdfast.buffer;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Who makes something of buffers. On any thread; one call at a time for each buffer.
 */
public interface BufferListener {

	/**
	 * A buffer is declared, or was before the start. It may never be in memory.
	 */
	void declared(BufferDeclaration buffer);

	/**
	 * A buffer is in memory.
	 */
	void ready(BufferHandle buffer);

	/**
	 * A buffer's memory is to go.
	 * @return completes once whatever was made of it has ended: only then is it
	 * unregistered
	 */
	CompletableFuture<Void> leaving(BufferHandle buffer);

	/**
	 * A buffer is no longer declared.
	 * @param buffer identity
	 */
	void undeclared(UUID buffer);

}
