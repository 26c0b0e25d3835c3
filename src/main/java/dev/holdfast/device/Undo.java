package dev.holdfast.device;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Steps to take back, last first, if what they are part of does not come to its end.
 */
final class Undo implements AutoCloseable {

	private final Deque<Step> steps = new ArrayDeque<>();

	void add(Step step) {
		this.steps.push(step);
	}

	/**
	 * All went well: nothing is to be taken back.
	 */
	void cancel() {
		this.steps.clear();
	}

	@Override
	public void close() throws IOException {
		while (!this.steps.isEmpty()) {
			this.steps.pop().run();
		}
	}

	/**
	 * One step.
	 */
	@FunctionalInterface
	interface Step {

		void run() throws IOException;

	}

}
