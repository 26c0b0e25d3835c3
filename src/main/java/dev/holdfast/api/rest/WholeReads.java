package dev.holdfast.api.rest;

import java.util.HashMap;
import java.util.Map;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * How many streams of whole volumes each tenant has. Any thread.
 */
final class WholeReads {

	private final int limit;

	private final Map<String, Integer> running = new HashMap<>();

	WholeReads(int limit) {
		this.limit = limit;
	}

	/**
	 * Begins one.
	 * @return to be closed, once
	 * @throws ProblemException {@link Problem#RATE_LIMITED}
	 */
	synchronized Running begin(String tenant) {
		if (this.running.getOrDefault(tenant, 0) >= this.limit) {
			throw new ProblemException(Problem.RATE_LIMITED,
					"A tenant may read %d whole volumes at a time: try again, or read ranges".formatted(this.limit))
				.with("limit", this.limit);
		}
		this.running.merge(tenant, 1, Integer::sum);
		return () -> end(tenant);
	}

	private synchronized void end(String tenant) {
		this.running.computeIfPresent(tenant, (name, count) -> (count > 1) ? count - 1 : null);
	}

	/**
	 * One that has begun.
	 */
	interface Running extends AutoCloseable {

		@Override
		void close();

	}

}
