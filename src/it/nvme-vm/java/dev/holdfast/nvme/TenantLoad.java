package dev.holdfast.nvme;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A tenant that writes to its volume, reads what it has written and takes no failure.
 * Several threads do so, each in a part of its own, one of them by reference to a mapped
 * buffer. What is written is not flushed.
 */
final class TenantLoad {

	/** Where what {@link TenantVolume#write} writes has ended. */
	private static final long FIRST = 2 << 20;

	private static final int PART = 1 << 20;

	private static final int LENGTH = 64 << 10;

	/** In the middle of a block. */
	private static final int UNALIGNED = 1234;

	private final List<Writer> writers = new ArrayList<>();

	private volatile boolean ended;

	private TenantLoad() {
	}

	/**
	 * Begins.
	 * @param volume with a mapped buffer
	 */
	static TenantLoad on(TenantVolume volume) {
		TenantLoad load = new TenantLoad();
		for (int part = 0; part < 3; part++) {
			long offset = FIRST + (long) part * PART + UNALIGNED;
			load.begin((seed) -> volume.writeAndRead(offset, LENGTH, seed));
		}
		load.begin((seed) -> volume.writeAndReadByReference(FIRST + 3 * PART, LENGTH, seed));
		return load;
	}

	private void begin(Step step) {
		this.writers.add(new Writer(step));
	}

	int writers() {
		return this.writers.size();
	}

	/** Waits until each has written and read again, from now on. */
	void awaitProgress() {
		List<Long> before = this.writers.stream().map((writer) -> writer.done.get()).toList();
		Awaitility.await().untilAsserted(() -> {
			shouldNotHaveFailed();
			for (int i = 0; i < this.writers.size(); i++) {
				assertThat(this.writers.get(i).done.get()).as("steps of writer %d", i).isGreaterThan(before.get(i) + 1);
			}
		});
	}

	void shouldNotHaveFailed() {
		for (Writer writer : this.writers) {
			Throwable failure = writer.failure;
			if (failure != null) {
				throw new AssertionError("Step %d failed".formatted(writer.done.get()), failure);
			}
		}
	}

	/** Ends it. */
	void end() throws InterruptedException {
		this.ended = true;
		for (Writer writer : this.writers) {
			writer.thread.join();
		}
		shouldNotHaveFailed();
	}

	@FunctionalInterface
	private interface Step {

		void take(long seed) throws Exception;

	}

	private final class Writer {

		private final AtomicLong done = new AtomicLong();

		private final Thread thread;

		private volatile @Nullable Throwable failure;

		Writer(Step step) {
			this.thread = Thread.ofVirtual().start(() -> run(step));
		}

		private void run(Step step) {
			try {
				while (!TenantLoad.this.ended) {
					step.take(this.done.get());
					this.done.incrementAndGet();
				}
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

	}

}
