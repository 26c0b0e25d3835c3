package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.block.BlockService;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeKey;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The one writer of a volume: knows what each block has to hold, and looks. Each of its
 * writes has a greater stamp than those before and half of them overlap the last one, so
 * what is lost, or written a second time later, shows an older stamp than the block's. It
 * takes no failure but a flush that tells of writes that may be lost, and outlives the
 * process that serves it.
 */
final class VerifyingWriter {

	private static final int BLOCK = 4096;

	private static final int MOST_BLOCKS = 24;

	private final VolumeKey volume;

	private final Random random;

	/** The stamp that each block has, 0 for none. */
	private final long[] stamps;

	private long stamp;

	/** Where the last write was. */
	private int last;

	/** What was not answered, and may have been done or not. */
	private @Nullable Unanswered unanswered;

	private final AtomicLong done = new AtomicLong();

	private final AtomicLong warnings = new AtomicLong();

	private volatile boolean ended;

	private volatile @Nullable Throwable failure;

	private volatile Blocks blocks;

	private Thread thread;

	VerifyingWriter(BlockService blocks, VolumeKey volume, long size, long seed) {
		this(new ServedBlocks(blocks), volume, size, seed);
	}

	VerifyingWriter(Blocks blocks, VolumeKey volume, long size, long seed) {
		this.volume = volume;
		this.stamps = new long[(int) (size / BLOCK)];
		this.random = new Random(seed);
		goOn(blocks);
	}

	/**
	 * Looks at every block, and writes on.
	 */
	void goOn(BlockService where) {
		goOn(new ServedBlocks(where));
	}

	void goOn(Blocks where) {
		this.blocks = where;
		this.ended = false;
		this.thread = Thread.ofVirtual().name("writer-" + this.volume.name()).start(this::run);
	}

	/**
	 * Waits until it has done so many operations more.
	 */
	void await(int more) {
		long before = done();
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			requireAlive();
			return done() >= before + more;
		});
	}

	long done() {
		return this.done.get();
	}

	/**
	 * How many flushes have told of writes that may be lost.
	 */
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
	 * Ends it once it has its answer.
	 */
	void stop() throws InterruptedException {
		this.ended = true;
		this.thread.join();
		requireAlive();
	}

	/**
	 * Ends it though no answer will come, since the process is killed.
	 */
	void giveUp() throws InterruptedException {
		this.ended = true;
		this.thread.join();
		if (this.failure instanceof IOException) {
			this.failure = null;
		}
		requireAlive();
	}

	/**
	 * Ends it, and looks at every block once more.
	 */
	void finish() throws Exception {
		stop();
		verifyAll(this.blocks);
	}

	void verifyAll(BlockService service) throws IOException {
		verifyAll(new ServedBlocks(service));
	}

	private void verifyAll(Blocks where) throws IOException {
		for (int first = 0; first < this.stamps.length; first += MOST_BLOCKS) {
			verify(where, first, Math.min(MOST_BLOCKS, this.stamps.length - first));
		}
	}

	private void run() {
		try {
			settle();
			if (this.stamp > 0) {
				verifyAll(this.blocks);
			}
			while (!this.ended) {
				step();
				this.done.incrementAndGet();
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	/**
	 * Sees what has become of what was not answered: each block has what it had, or what
	 * was to be written, and keeps that.
	 */
	private void settle() throws IOException {
		Unanswered left = this.unanswered;
		if (left == null) {
			return;
		}
		ByteBuffer bytes = read(this.blocks, left.first, left.count);
		for (int block = left.first; block < left.first + left.count; block++) {
			ByteBuffer found = bytes.slice((block - left.first) * BLOCK, BLOCK);
			if (found.equals(content(block, left.stamp))) {
				this.stamps[block] = left.stamp;
			}
			else {
				require(found, block);
			}
		}
		this.unanswered = null;
	}

	private void step() throws IOException {
		int count = 1 + this.random.nextInt(MOST_BLOCKS);
		int first = this.random.nextInt(this.stamps.length - count + 1);
		switch (this.random.nextInt(10)) {
			case 0, 1 -> write(first, count, false);
			case 2, 3 -> write(beside(count), count, false);
			case 4 -> write(beside(count), count, true);
			case 5 -> zero(first, count);
			case 6 -> flush();
			case 7 -> verify(this.blocks, beside(count), count);
			default -> verify(this.blocks, first, count);
		}
	}

	/**
	 * Where something overlaps the last write.
	 */
	private int beside(int count) {
		return Math.clamp(this.last - this.random.nextInt(count), 0, this.stamps.length - count);
	}

	private void write(int first, int count, boolean fua) throws IOException {
		long next = ++this.stamp;
		ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
		for (int i = 0; i < count; i++) {
			bytes.put(content(first + i, next));
		}
		bytes.flip();
		this.unanswered = new Unanswered(first, count, next);
		try {
			this.blocks.write(this.volume, (long) first * BLOCK, bytes, fua);
		}
		catch (ProblemException ex) {
			// Durability of a long write is asked for by a flush at its end.
			requireWarning(ex);
		}
		this.last = first;
		answered(this.unanswered);
	}

	private void zero(int first, int count) throws IOException {
		this.unanswered = new Unanswered(first, count, 0);
		this.blocks.zero(this.volume, (long) first * BLOCK, (long) count * BLOCK);
		answered(this.unanswered);
	}

	private void answered(Unanswered now) {
		Arrays.fill(this.stamps, now.first, now.first + now.count, now.stamp);
		this.unanswered = null;
	}

	private void flush() throws IOException {
		try {
			this.blocks.flush(this.volume);
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

	private void verify(Blocks where, int first, int count) throws IOException {
		ByteBuffer bytes = read(where, first, count);
		for (int i = 0; i < count; i++) {
			require(bytes.slice(i * BLOCK, BLOCK), first + i);
		}
	}

	private void require(ByteBuffer found, int block) {
		assertThat(found.mismatch(content(block, this.stamps[block])))
			.as("block %d of %s, stamp %d, found %d", block, this.volume.name(), this.stamps[block],
					found.getLong(Long.BYTES))
			.isEqualTo(-1);
	}

	private ByteBuffer read(Blocks where, int first, int count) throws IOException {
		return where.read(this.volume, (long) first * BLOCK, count * BLOCK);
	}

	private static ByteBuffer content(int block, long stamp) {
		ByteBuffer content = ByteBuffer.allocate(BLOCK);
		if (stamp == 0) {
			return content;
		}
		while (content.hasRemaining()) {
			content.putLong(block).putLong(stamp);
		}
		return content.flip();
	}

	/** Something was asked for, with the stamp that blocks get by it. */
	private record Unanswered(int first, int count, long stamp) {
	}

}
