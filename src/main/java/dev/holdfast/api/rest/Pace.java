package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.SocketTimeoutException;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Measures one transfer. Only the time counts that was spent waiting for the client, so
 * that nobody is cut off because a drive is slow. What a window asks for may come at any
 * time within it; as soon as it has, the next one begins. The container ends single waits
 * in which nothing moves at all, after a window. One thread.
 */
final class Pace {

	private final SlowestPace slowest;

	private long waitedNanos;

	private long moved;

	Pace(SlowestPace slowest) {
		this.slowest = slowest;
	}

	/**
	 * Some bytes were moved.
	 * @param bytes how many
	 * @param nanos how long that took
	 * @throws SocketTimeoutException if the client is too slow
	 */
	void moved(long bytes, long nanos) throws SocketTimeoutException {
		this.moved += bytes;
		this.waitedNanos += nanos;
		if (this.moved >= this.slowest.bytes()) {
			this.moved = 0;
			this.waitedNanos = 0;
		}
		else if (this.waitedNanos > this.slowest.window().toNanos()) {
			throw new SocketTimeoutException("%d bytes in %d ms".formatted(this.moved, this.waitedNanos / 1_000_000));
		}
	}

	/**
	 * Reads from a client.
	 * @return what the reading gave
	 * @throws ProblemException {@link Problem#REQUEST_TIMEOUT}
	 */
	int read(Reading reading) throws IOException {
		try {
			long start = System.nanoTime();
			int count = reading.read();
			moved(Math.max(0, count), System.nanoTime() - start);
			return count;
		}
		catch (IOException ex) {
			if (ex instanceof SocketTimeoutException || ex.getCause() instanceof SocketTimeoutException) {
				throw new ProblemException(Problem.REQUEST_TIMEOUT,
						"The body came slower than %d bytes a second for %d ms".formatted(this.slowest.bytesPerSecond(),
								this.slowest.window().toMillis()))
					.with("limit", this.slowest.bytesPerSecond());
			}
			throw ex;
		}
	}

	/**
	 * A read that may wait for a client.
	 */
	@FunctionalInterface
	interface Reading {

		int read() throws IOException;

	}

}
