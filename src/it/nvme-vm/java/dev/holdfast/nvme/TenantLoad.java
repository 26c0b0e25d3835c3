package dev.holdfast.nvme;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A tenant that writes to its volume, reads what it has written and takes no failure.
 * Several threads do so, each in a part of its own with several places that are written
 * in turn, one of them by reference to a mapped buffer. What is written is not flushed.
 */
final class TenantLoad {

	/** Where what {@link TenantVolume#write} writes has ended. */
	private static final long FIRST = 2 << 20;

	private static final int WRITERS = 4;

	private static final int PLACES = 8;

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
		long part = (volume.size() - FIRST) / WRITERS;
		for (int writer = 1; writer < WRITERS; writer++) {
			load.begin(volume, FIRST + writer * part + UNALIGNED, volume::writeAndRead);
		}
		load.begin(volume, FIRST, volume::writeAndReadByReference);
		return load;
	}

	private void begin(TenantVolume volume, long offset, Step step) {
		this.writers.add(new Writer(volume, offset, step));
	}

	int writers() {
		return this.writers.size();
	}

	/** How often one of them has written and read again. */
	long steps() {
		return this.writers.stream().mapToLong((writer) -> writer.done.get()).sum();
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

	/** Ends it, and reads once more what was written last. */
	void end() throws Exception {
		this.ended = true;
		for (Writer writer : this.writers) {
			writer.thread.join();
		}
		shouldNotHaveFailed();
		for (Writer writer : this.writers) {
			writer.shouldHoldWhatWasWritten();
		}
	}

	@FunctionalInterface
	private interface Step {

		void take(long offset, int length, long seed) throws Exception;

	}

	private final class Writer {

		private final TenantVolume volume;

		private final long offset;

		private final AtomicLong done = new AtomicLong();

		private final Thread thread;

		private volatile @Nullable Throwable failure;

		Writer(TenantVolume volume, long offset, Step step) {
			this.volume = volume;
			this.offset = offset;
			this.thread = Thread.ofVirtual().start(() -> run(step));
		}

		private void run(Step step) {
			try {
				while (!TenantLoad.this.ended) {
					long number = this.done.get();
					step.take(place(number), LENGTH, seed(number));
					this.done.incrementAndGet();
				}
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

		private void shouldHoldWhatWasWritten() throws Exception {
			long end = this.done.get();
			for (long number = Math.max(0, end - PLACES); number < end; number++) {
				this.volume.shouldHold(place(number), LENGTH, seed(number));
			}
		}

		private long place(long number) {
			return this.offset + number % PLACES * LENGTH;
		}

		/** No two writers have the same. */
		private long seed(long number) {
			return this.offset << 20 | number;
		}

	}

}
