package dev.holdfast.block;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a batch on its way to a result: whatever goes wrong with it is that
 * result. One thread.
 */
final class BatchRun implements AutoCloseable {

	private final Tally tally = new Tally();

	private @Nullable BatchStep step;

	private @Nullable ProblemException problem;

	/**
	 * Takes what it needs.
	 */
	BatchRun(Supplier<BatchStep> steps) {
		try {
			this.step = steps.get();
		}
		catch (ProblemException ex) {
			this.problem = ex;
		}
	}

	/**
	 * Whether it has what it needs.
	 */
	boolean ready() {
		return this.step != null;
	}

	void start() {
		BatchStep taken = this.step;
		if (taken != null) {
			try {
				taken.start();
			}
			catch (ProblemException ex) {
				this.problem = ex;
			}
		}
	}

	BatchResult finish() {
		BatchStep taken = this.step;
		long bytes = 0;
		if (taken != null && this.problem == null) {
			try {
				bytes = taken.finish(this.tally);
			}
			catch (IncompleteException ex) {
				bytes = ex.intact();
				this.problem = ex.problem();
			}
			catch (ProblemException ex) {
				this.problem = ex;
			}
		}
		return new BatchResult(bytes, (bytes > 0) ? this.tally.lowestTier() : null,
				TimeUnit.NANOSECONDS.toMicros(this.tally.tookNanos()), this.problem, true);
	}

	/**
	 * Gives back what the kernel is done with; the rest follows.
	 */
	@Override
	public void close() {
		BatchStep taken = this.step;
		this.step = null;
		if (taken != null) {
			taken.close();
		}
	}

}
