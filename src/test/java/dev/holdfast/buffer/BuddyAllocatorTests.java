package dev.holdfast.buffer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BuddyAllocatorTests {

	private static final long SIZE = 4 << 20;

	@Test
	void roundsUpToPowersOfTwo() {
		assertThat(BuddyAllocator.blockSize(1)).isEqualTo(4096);
		assertThat(BuddyAllocator.blockSize(4096)).isEqualTo(4096);
		assertThat(BuddyAllocator.blockSize(4097)).isEqualTo(8192);
		assertThat(BuddyAllocator.blockSize(600_000)).isEqualTo(1 << 20);
		assertThat(BuddyAllocator.blockSize(1 << 20)).isEqualTo(1 << 20);
		assertThatIllegalArgumentException().isThrownBy(() -> BuddyAllocator.blockSize((1 << 20) + 1));
		assertThatIllegalArgumentException().isThrownBy(() -> BuddyAllocator.blockSize(0));
	}

	@Test
	void neverGivesTheSameBytesTwiceAndBecomesWholeAgain() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		BuddyAllocator allocator = new BuddyAllocator(SIZE);
		BitSet taken = new BitSet();
		List<long[]> blocks = new ArrayList<>();
		for (int step = 0; step < 20_000; step++) {
			if (random.nextInt(100) < 55) {
				int size = 4096 << random.nextInt(9);
				long offset = allocator.allocate(size);
				if (offset >= 0) {
					assertThat(offset % size).as("seed %d, step %d: alignment", seed, step).isZero();
					assertThat(offset + size).isLessThanOrEqualTo(SIZE);
					int from = (int) (offset / 4096);
					int to = (int) ((offset + size) / 4096);
					assertThat(taken.get(from, to).isEmpty()).as("seed %d, step %d: overlap", seed, step).isTrue();
					taken.set(from, to);
					blocks.add(new long[] { offset, size });
				}
			}
			else if (!blocks.isEmpty()) {
				long[] block = blocks.remove(random.nextInt(blocks.size()));
				allocator.release(block[0], (int) block[1]);
				taken.clear((int) (block[0] / 4096), (int) ((block[0] + block[1]) / 4096));
			}
		}
		blocks.forEach((block) -> allocator.release(block[0], (int) block[1]));
		for (int i = 0; i < SIZE / (1 << 20); i++) {
			assertThat(allocator.allocate(1 << 20)).as("seed %d", seed).isNotNegative();
		}
		assertThat(allocator.allocate(4096)).isEqualTo(-1);
	}

	@Test
	void fillsCompletely() {
		BuddyAllocator allocator = new BuddyAllocator(SIZE);
		for (int i = 0; i < SIZE / 4096; i++) {
			assertThat(allocator.allocate(4096)).isNotNegative();
		}
		assertThat(allocator.allocate(4096)).isEqualTo(-1);
	}

}
