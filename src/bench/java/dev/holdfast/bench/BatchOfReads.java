package dev.holdfast.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * A request for a batch of reads, made once: before each use other random places are
 * written into its text, which is all that a client in a hurry would do. One thread.
 */
final class BatchOfReads {

	/** Of an offset in the volume; blanks come before it. */
	private static final int DIGITS = 12;

	private final byte[] text;

	/** Where in the text the places end. */
	private final int[] ends;

	private final int block;

	/**
	 * A batch whose places are all the same.
	 * @param head for a body of that length
	 * @param bufferOffset where the first block goes; the others follow
	 */
	BatchOfReads(IntFunction<String> head, int count, int block, long bufferOffset) {
		StringBuilder body = new StringBuilder("{\"operations\":[");
		this.ends = new int[count];
		for (int i = 0; i < count; i++) {
			body.append("{\"op\":\"read\",\"offset\":").append("0".repeat(DIGITS));
			this.ends[i] = body.length();
			body.append(",\"length\":%d,\"buffer\":\"b\",\"bufferOffset\":%d}".formatted(block,
					bufferOffset + (long) i * block))
				.append((i < count - 1) ? "," : "]}");
		}
		String before = head.apply(body.length());
		for (int i = 0; i < count; i++) {
			this.ends[i] += before.length();
		}
		this.text = (before + body).getBytes(StandardCharsets.ISO_8859_1);
		this.block = block;
	}

	/**
	 * The request with random places.
	 * @param blocks of the volume
	 */
	byte[] next(SplittableRandom random, long blocks) {
		for (int end : this.ends) {
			long place = random.nextLong(blocks) * this.block;
			int at = end;
			do {
				this.text[--at] = (byte) ('0' + place % 10);
				place /= 10;
			}
			while (place > 0);
			Arrays.fill(this.text, end - DIGITS, at, (byte) ' ');
		}
		return this.text;
	}

}
