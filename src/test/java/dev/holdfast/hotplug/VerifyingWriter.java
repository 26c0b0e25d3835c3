package dev.holdfast.hotplug;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeKey;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The one writer of a volume: knows what each block has to hold, and looks. It takes no
 * failure but a flush that tells of writes that may be lost.
 */
final class VerifyingWriter implements Runnable {

	private static final int BLOCK = 4096;

	private static final int MOST_BLOCKS = 24;

	private final BlockService blocks;

	private final VolumeKey volume;

	private final Random random;

	/** The stamp that each block has, 0 for none. */
	private final long[] stamps;

	private long stamp;

	private final AtomicLong done = new AtomicLong();

	private final AtomicLong warnings = new AtomicLong();

	private volatile boolean ended;

	private volatile @Nullable Throwable failure;

	private final Thread thread;

	VerifyingWriter(BlockService blocks, VolumeKey volume, long size, long seed) {
		this.blocks = blocks;
		this.volume = volume;
		this.stamps = new long[(int) (size / BLOCK)];
		this.random = new Random(seed);
		this.thread = Thread.ofVirtual().name("writer-" + volume.name()).start(this);
	}

	long done() {
		return this.done.get();
	}

	long warnings() {
		return this.warnings.get();
	}

	void requireAlive() {
		Throwable ex = this.failure;
		if (ex != null) {
			throw new AssertionError(this.volume.name() + " after " + this.done + " operations", ex);
		}
	}

	/**
	 * Ends it, and looks at every block once more.
	 */
	void finish() throws Exception {
		this.ended = true;
		this.thread.join();
		requireAlive();
		verifyAll(this.blocks);
	}

	void verifyAll(BlockService service) throws Exception {
		for (int first = 0; first < this.stamps.length; first += MOST_BLOCKS) {
			read(service, first, Math.min(MOST_BLOCKS, this.stamps.length - first));
		}
	}

	@Override
	public void run() {
		try {
			while (!this.ended) {
				step();
				this.done.incrementAndGet();
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	private void step() throws Exception {
		int count = 1 + this.random.nextInt(MOST_BLOCKS);
		int first = this.random.nextInt(this.stamps.length - count + 1);
		switch (this.random.nextInt(10)) {
			case 0, 1, 2, 3 -> write(first, count, false);
			case 4 -> write(first, count, true);
			case 5 -> {
				this.blocks.zero(this.volume, (long) first * BLOCK, (long) count * BLOCK, TransferOptions.DEFAULT);
				Arrays.fill(this.stamps, first, first + count, 0);
			}
			case 6 -> flush();
			default -> read(this.blocks, first, count);
		}
	}

	private void write(int first, int count, boolean fua) throws Exception {
		long next = ++this.stamp;
		ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
		for (int i = 0; i < count; i++) {
			fill(bytes, first + i, next);
		}
		bytes.flip();
		try {
			this.blocks.write(this.volume, (long) first * BLOCK, bytes.remaining(),
					new TransferOptions(fua, Long.MAX_VALUE), (into) -> {
						if (!bytes.hasRemaining()) {
							return -1;
						}
						int length = Math.min(bytes.remaining(), into.remaining());
						into.put(bytes.slice(bytes.position(), length));
						bytes.position(bytes.position() + length);
						return length;
					});
		}
		catch (ProblemException ex) {
			// Durability of a long write is asked for by a flush at its end.
			requireWarning(ex);
		}
		Arrays.fill(this.stamps, first, first + count, next);
	}

	private void flush() {
		try {
			this.blocks.flush(this.volume, TransferOptions.DEFAULT);
		}
		catch (ProblemException ex) {
			requireWarning(ex);
		}
	}

	private void requireWarning(ProblemException ex) {
		if (ex.problem() != Problem.WRITE_LOSS_POSSIBLE) {
			throw ex;
		}
		this.warnings.incrementAndGet();
	}

	private void read(BlockService service, int first, int count) throws Exception {
		ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
		service.read(this.volume, (long) first * BLOCK, bytes.capacity(), TransferOptions.DEFAULT, bytes::put);
		bytes.flip();
		for (int i = 0; i < count; i++) {
			ByteBuffer expected = ByteBuffer.allocate(BLOCK);
			if (this.stamps[first + i] != 0) {
				fill(expected, first + i, this.stamps[first + i]);
				expected.flip();
			}
			ByteBuffer found = bytes.slice(i * BLOCK, BLOCK);
			assertThat(found.mismatch(expected))
				.as("block %d of %s, stamp %d, found %d", first + i, this.volume.name(), this.stamps[first + i],
						found.getLong(8))
				.isEqualTo(-1);
		}
	}

	private static void fill(ByteBuffer into, int block, long stamp) {
		for (int i = 0; i < BLOCK; i += 16) {
			into.putLong(block).putLong(stamp);
		}
	}

}
