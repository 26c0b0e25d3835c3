package dev.holdfast.device;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * An operation that waits for its device. One thread waits; it closes this once the
 * operation has been done, or given up.
 */
public final class HeldIo implements AutoCloseable {

	private final DeviceHold hold;

	final HeldRange range;

	final long arrival;

	final long bytes;

	final CompletableFuture<Void> go = new CompletableFuture<>();

	/** Held before it and in conflict with it. Guarded by the hold. */
	int blockers;

	/** Why it may not go after all. Written before {@link #go} is completed. */
	@Nullable Supplier<ProblemException> refusal;

	HeldIo(DeviceHold hold, HeldRange range, long arrival, long bytes) {
		this.hold = hold;
		this.range = range;
		this.arrival = arrival;
		this.bytes = bytes;
	}

	/**
	 * Waits until it may go out: the device is online again, and what arrived before and
	 * overlaps is done. Interrupts end the wait like a deadline.
	 * @param deadlineNanos in terms of {@link System#nanoTime()}; {@link Long#MAX_VALUE}
	 * for as long as things are held
	 * @throws ProblemException {@link Problem#DEVICE_LOST},
	 * {@link Problem#DEVICE_NOT_ONLINE}, {@link Problem#DEADLINE_EXCEEDED}
	 */
	public void await(long deadlineNanos) {
		try {
			long left = (deadlineNanos == Long.MAX_VALUE) ? Long.MAX_VALUE : deadlineNanos - System.nanoTime();
			this.go.get(left, TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			throw late(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw late(ex);
		}
		Supplier<ProblemException> refused = this.refusal;
		if (refused != null) {
			throw refused.get();
		}
	}

	private static ProblemException late(Exception cause) {
		return new ProblemException(Problem.DEADLINE_EXCEEDED, "The drive did not come back in time", cause)
			.with("outcome", "unknown");
	}

	@Override
	public void close() {
		this.hold.done(this);
	}

}
