package dev.holdfast.api.rest;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An answer that is complete before its head goes out. One thread.
 */
final class HeldAnswer {

	private final ByteBuffer bytes;

	HeldAnswer(HeldMemory.Room room) {
		this.bytes = ByteBuffer.wrap(room.bytes());
	}

	void put(ByteBuffer piece) {
		this.bytes.put(piece);
	}

	/**
	 * All that was put.
	 */
	ByteBuffer content() {
		return this.bytes.duplicate().flip();
	}

	/**
	 * The header that says its digest.
	 */
	String digest(DigestAlgorithm algorithm) {
		return ContentDigest.header(algorithm, algorithm.of(List.of(content())));
	}

}
