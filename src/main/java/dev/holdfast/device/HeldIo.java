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
	 * overlaps is done.
	 * @param nanos how long at most
	 * @return whether it may
	 * @throws ProblemException {@link Problem#DEVICE_LOST},
	 * {@link Problem#DEVICE_NOT_ONLINE}; {@link Problem#DEADLINE_EXCEEDED} if the thread
	 * is interrupted
	 */
	public boolean await(long nanos) {
		try {
			this.go.get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ProblemException(Problem.DEADLINE_EXCEEDED, "The service waits for the drive no longer", ex)
				.with("outcome", "unknown");
		}
		Supplier<ProblemException> refused = this.refusal;
		if (refused != null) {
			throw refused.get();
		}
		return true;
	}

	/**
	 * Whether it waits for what is held there.
	 */
	public boolean isFor(DeviceHold other) {
		return this.hold == other;
	}

	/**
	 * Holds it once more, having let it go.
	 * @see DeviceHold#again(HeldIo)
	 */
	public HeldIo again() {
		return this.hold.again(this);
	}

	/** Guarded by the hold. */
	void refuse(Supplier<ProblemException> why) {
		this.refusal = why;
		this.go.complete(null);
	}

	@Override
	public void close() {
		this.hold.done(this);
	}

}
