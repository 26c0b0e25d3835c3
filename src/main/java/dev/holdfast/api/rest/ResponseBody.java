package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.holdfast.block.ByteSink;
import jakarta.servlet.ServletOutputStream;

/**
 * The bytes of an answer, on their way to a client that has to take them at a pace.
 */
final class ResponseBody implements ByteSink {

	/** Bytes between two looks at the clock. */
	private static final int SLICE = 64 << 10;

	private final ServletOutputStream out;

	private final Pace pace;

	ResponseBody(ServletOutputStream out, Pace pace) {
		this.out = out;
		this.pace = pace;
	}

	@Override
	public void accept(ByteBuffer bytes) throws IOException {
		for (int at = bytes.position(); at < bytes.limit(); at += SLICE) {
			int length = Math.min(SLICE, bytes.limit() - at);
			long start = System.nanoTime();
			this.out.write(bytes.slice(at, length));
			this.pace.moved(length, System.nanoTime() - start);
		}
	}

}
