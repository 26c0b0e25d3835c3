package dev.holdfast.block;

import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * How an operation of a batch ended.
 *
 * @param bytes moved between buffer and volume; of one that failed those from its start
 * without a gap
 * @param tier the lowest that was used, or {@code null} if no bytes were moved
 * @param micros that its longest part took, from its submission to the answer
 * @param problem why it failed, or {@code null}
 * @param attempted {@code false} if one before it failed in an ordered batch
 */
public record BatchResult(long bytes, @Nullable String tier, long micros, @Nullable ProblemException problem,
		boolean attempted) {

	static final BatchResult NOT_ATTEMPTED = new BatchResult(0, null, 0, null, false);

	public boolean succeeded() {
		return this.attempted && this.problem == null;
	}

}
