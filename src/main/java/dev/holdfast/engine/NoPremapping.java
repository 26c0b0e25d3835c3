package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;

/**
 * Where memory cannot be mapped ahead of I/O.
 *
 * @param reason one sentence
 */
record NoPremapping(String reason) implements Premapping {

	@Override
	public String refusal(IoDevice device) {
		return this.reason;
	}

	@Override
	public CompletableFuture<IoBuffer> map(IoBuffer buffer, IoDevice device) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException(this.reason));
	}

}
