package dev.holdfast.volume;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import org.jspecify.annotations.Nullable;

/**
 * One creation or growth on a thread of its own. It becomes an operation once whoever
 * asked for it has waited long enough for the zeroing of extents.
 */
final class VolumeTask implements ScrubProgress {

	private final Volumes volumes;

	private final Operations operations;

	private final VolumeOrder order;

	private final Precondition<VolumeHandle> demanded;

	private final BooleanSupplier stopping;

	/** Those that have extents to zero, by the volume that they are at. */
	private final Map<VolumeKey, VolumeTask> running;

	private final CompletableFuture<Creation> result = new CompletableFuture<>();

	/** Complete once the name is taken, or nothing comes of it. */
	private final CompletableFuture<Void> begun = new CompletableFuture<>();

	private volatile boolean cancelled;

	// What follows is guarded by this.

	private @Nullable Operation operation;

	private long done;

	private long total;

	private boolean ended;

	VolumeTask(Volumes volumes, Operations operations, VolumeOrder order, Precondition<VolumeHandle> demanded,
			@Nullable Operation resumed, BooleanSupplier stopping, Map<VolumeKey, VolumeTask> running) {
		this.volumes = volumes;
		this.operations = operations;
		this.order = order;
		this.demanded = demanded;
		this.operation = resumed;
		this.stopping = stopping;
		this.running = running;
	}

	VolumeOrder order() {
		return this.order;
	}

	/**
	 * Makes it an operation, if it is none yet.
	 * @return {@code null} if it has ended
	 */
	synchronized @Nullable OperationSnapshot promote() {
		if (this.ended) {
			return null;
		}
		Operation present = this.operation;
		if (present == null) {
			present = this.operations.begin(new OperationSpec(this.order.kind(), this.order.tenant(),
					"tenants/%s/volumes/%s".formatted(this.order.tenant(), this.order.name()), "bytes", this.total,
					VolumeTasks.detail(this.order)));
			follow(present);
		}
		return present.snapshot();
	}

	private void follow(Operation present) {
		this.operation = present;
		present.progress(this.done, this.total);
		present.onCancel(() -> this.cancelled = true);
	}

	void start() {
		Thread.ofVirtual().name(this.order.kind() + "-" + this.order.name()).start(this::run);
	}

	private void run() {
		try {
			Creation creation = work();
			end(Operation::succeed);
			this.result.complete(creation);
		}
		catch (CancellationException ex) {
			end(unlessStopping(Operation::cancelled));
			this.result.completeExceptionally(
					new ProblemException(Problem.IN_USE, "It was cancelled, or the volume deleted, meanwhile"));
		}
		catch (ProblemException ex) {
			end(unlessStopping((present) -> present.fail(ex)));
			this.result.completeExceptionally(ex);
		}
		catch (RuntimeException | Error ex) {
			end((present) -> present
				.fail(new ProblemException(Problem.IO_ERROR, "The service failed: its log says how", ex)));
			this.result.completeExceptionally(ex);
		}
		finally {
			this.running.remove(this.order.key(), this);
			this.begun.complete(null);
		}
	}

	private Creation work() {
		VolumeSpec spec = this.order.spec();
		Long growTo = this.order.growTo();
		if (spec != null) {
			return this.volumes.create(this.order.key(), spec, this.demanded, this);
		}
		if (growTo != null) {
			return new Creation(
					this.volumes.grow(this.order.key(), growTo, this.order.leaseOrNone(), this.demanded, this), false);
		}
		throw new ProblemException(Problem.NOT_SUPPORTED, "There is nothing to do");
	}

	/**
	 * A stop makes work fail too, and the next start resumes it.
	 */
	private Consumer<Operation> unlessStopping(Consumer<Operation> how) {
		return this.stopping.getAsBoolean() ? (operation) -> {
		} : how;
	}

	private void end(Consumer<Operation> how) {
		Operation present;
		synchronized (this) {
			this.ended = true;
			present = this.operation;
		}
		if (present != null) {
			how.accept(present);
		}
	}

	@Override
	public void begins(long totalBytes) {
		synchronized (this) {
			this.total = totalBytes;
			Operation resumed = this.operation;
			if (resumed != null) {
				follow(resumed);
			}
		}
		this.running.put(this.order.key(), this);
		this.begun.complete(null);
	}

	@Override
	public synchronized void done(long doneBytes) {
		this.done = doneBytes;
		Operation present = this.operation;
		if (present != null) {
			present.progress(doneBytes);
		}
	}

	@Override
	public boolean cancelled() {
		return this.cancelled || this.stopping.getAsBoolean();
	}

	void awaitBegun() {
		this.begun.join();
	}

	/**
	 * Waits for the end.
	 * @return {@code false} if it did not come within the limit
	 */
	boolean join(Duration limit) {
		return this.result.handle((creation, failure) -> true)
			.completeOnTimeout(false, limit.toNanos(), TimeUnit.NANOSECONDS)
			.join();
	}

	/**
	 * Waits for the end, or until it is clear that it takes long.
	 * @param patience how long that is
	 * @param promotion makes an operation of what is at the volume, this task or whoever
	 * was first; {@code null} if nothing takes long
	 */
	VolumeTasks.Outcome await(Duration patience, Supplier<@Nullable OperationSnapshot> promotion) {
		while (true) {
			try {
				return new VolumeTasks.Outcome(this.result.get(patience.toNanos(), TimeUnit.NANOSECONDS), null);
			}
			catch (TimeoutException ex) {
				// Not yet known to take long: it may be waiting for a label.
				OperationSnapshot present = promotion.get();
				if (present != null) {
					return new VolumeTasks.Outcome(null, present);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new ProblemException(Problem.OVERLOADED, "The service is stopping", ex);
			}
			catch (ExecutionException ex) {
				throw unwrapped(ex.getCause());
			}
		}
	}

	private static RuntimeException unwrapped(@Nullable Throwable failure) {
		return switch (failure) {
			case ProblemException problem -> problem;
			case RuntimeException other -> other;
			case null, default -> new IllegalStateException(failure);
		};
	}

}
