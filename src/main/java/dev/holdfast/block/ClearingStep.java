package dev.holdfast.block;

import java.util.function.Supplier;

import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A zero or a discard. Its first piece goes along with the rest of the batch, further
 * ones once it is waited for.
 */
final class ClearingStep implements BatchStep {

	private final BatchOperation operation;

	private final BlockClearing clearing;

	/** Makes what was zeroed durable. */
	private final Supplier<Dispatch> flushes;

	private @Nullable Dispatch first;

	ClearingStep(BatchOperation operation, BlockClearing clearing, Supplier<Dispatch> flushes) {
		this.operation = operation;
		this.clearing = clearing;
		this.flushes = flushes;
	}

	@Override
	public void start() {
		this.first = this.clearing.begin(this.operation.offset(), end(), how());
	}

	private long end() {
		return this.operation.offset() + this.operation.length();
	}

	private BlockClearing.Start how() {
		return (this.operation.kind() == BatchOperation.Kind.ZERO) ? Dispatch::zero : Dispatch::discard;
	}

	@Override
	public long finish(Tally tally) throws IncompleteException {
		Dispatch begun = this.first;
		if (begun != null) {
			begun.await(tally);
		}
		this.clearing.run(Math.min(end(), this.operation.offset() + BlockClearing.PIECE), end(), how(), tally);
		if (this.operation.fua()) {
			try (Dispatch flush = this.flushes.get()) {
				flush.flush();
				flush.await(tally);
			}
			catch (IncompleteException ex) {
				throw IoProblems.afterOthers(ex.problem());
			}
			catch (ProblemException ex) {
				throw IoProblems.afterOthers(ex);
			}
		}
		return 0;
	}

	@Override
	public void close() {
		Dispatch begun = this.first;
		if (begun != null) {
			begun.close();
		}
	}

}
