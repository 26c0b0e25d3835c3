package dev.holdfast.volume;

import java.util.Arrays;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** Bytes by the million, which AssertJ would compare one by one. */
final class Bytes {

	private Bytes() {
	}

	static byte[] random(long seed, int length) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	static byte[] part(byte[] bytes, long from, long length) {
		return Arrays.copyOfRange(bytes, (int) from, (int) (from + length));
	}

	static void assertSame(byte[] bytes, byte[] expected) {
		assertThat(Arrays.mismatch(bytes, expected)).as("first byte that differs").isEqualTo(-1);
	}

	static void assertZero(byte[] bytes) {
		assertSame(bytes, new byte[bytes.length]);
	}

}
