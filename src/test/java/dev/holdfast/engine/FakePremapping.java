package dev.holdfast.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.holdfast.uring.sys.LinuxRingSyscalls;
import org.jspecify.annotations.Nullable;

/**
 * Premapping as if some kernel had it: the I/O itself goes through the registered buffer,
 * all that is around it is that of a tier of its own. Any thread.
 */
public final class FakePremapping implements Premapping {

	private final Map<String, String> refusals = new ConcurrentHashMap<>();

	private final List<LoopBuffer> made = new CopyOnWriteArrayList<>();

	private volatile @Nullable String failure;

	private volatile @Nullable CompletableFuture<Void> gate;

	/**
	 * An engine with this premapping.
	 */
	public IoEngine open(EngineOptions options) {
		try {
			return IoEngines.uring(new LinuxRingSyscalls(), options, this);
		}
		catch (UringRefusedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** From now on a device cannot, or can again with {@code null}. */
	public void refuse(String device, @Nullable String reason) {
		if (reason != null) {
			this.refusals.put(device, reason);
		}
		else {
			this.refusals.remove(device);
		}
	}

	/** From now on mapping fails, or works again with {@code null}. */
	public void fail(@Nullable String reason) {
		this.failure = reason;
	}

	/** Holds mappings up until this completes; {@code null} for no longer. */
	public void gate(@Nullable CompletableFuture<Void> opens) {
		this.gate = opens;
	}

	/**
	 * Mappings that were made and have not ended.
	 */
	public long live() {
		return this.made.stream().filter(LoopBuffer::open).count();
	}

	/**
	 * Mappings that were ever made.
	 */
	public int made() {
		return this.made.size();
	}

	@Override
	public @Nullable String refusal(IoDevice device) {
		return this.refusals.get(device.name());
	}

	@Override
	public CompletableFuture<IoBuffer> map(IoBuffer buffer, IoDevice device) {
		CompletableFuture<Void> waiting = this.gate;
		CompletableFuture<Void> begun = (waiting != null) ? waiting : CompletableFuture.completedFuture(null);
		return begun.thenApply((nothing) -> {
			String reason = this.failure;
			if (reason != null) {
				throw new IllegalStateException(reason);
			}
			LoopBuffer registered = (LoopBuffer) buffer;
			LoopBuffer mapped = LoopBuffer.premapped(registered.memory(), registered.firstSlot(), registered.chunk());
			this.made.add(mapped);
			return mapped;
		});
	}

}
