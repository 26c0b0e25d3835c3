package dev.holdfast.buffer;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.engine.IoEngine;

/**
 * Staging memory for tests of what is above and below mappings.
 */
public final class Staging {

	private Staging() {
	}

	/**
	 * A pool of which nobody hears, and that may lock all it wants.
	 */
	public static StagingPool open(IoEngine engine, long size, Duration wait) {
		return open(engine, new Memlock(engine, Long.MAX_VALUE), size, wait);
	}

	static StagingPool open(IoEngine engine, Memlock memlock, long size, Duration wait) {
		return StagingPool.open(engine, memlock, new Unmapped(), size, wait);
	}

	/** Makes nothing of buffers. */
	private static final class Unmapped implements BufferListener {

		@Override
		public void declared(BufferDeclaration buffer) {
			// Nobody asks for it.
		}

		@Override
		public void ready(BufferHandle buffer) {
			// It is used as it is.
		}

		@Override
		public CompletableFuture<Void> leaving(BufferHandle buffer) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void undeclared(UUID buffer) {
			// It is not.
		}

	}

}
