package dev.holdfast.api.rest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * How a digest is made, by the names of RFC 9530. The registry calls {@code crc32c}
 * deprecated, since an adversary can make another body with the same one; it finds what
 * is damaged on its way as well as others do, and costs next to nothing.
 */
enum DigestAlgorithm {

	/** First, since it is the one that a client gets who likes both as much. */
	SHA_256("sha-256", 32) {

		@Override
		byte[] of(Iterable<ByteBuffer> content) {
			MessageDigest digest = sha256();
			content.forEach((piece) -> digest.update(piece.duplicate()));
			return digest.digest();
		}

	},

	CRC32C("crc32c", Integer.BYTES) {

		@Override
		byte[] of(Iterable<ByteBuffer> content) {
			CRC32C checksum = new CRC32C();
			content.forEach((piece) -> checksum.update(piece.duplicate()));
			return ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array();
		}

	};

	private final String key;

	private final int length;

	DigestAlgorithm(String key, int length) {
		this.key = key;
		this.length = length;
	}

	static @Nullable DigestAlgorithm ofKey(String key) {
		for (DigestAlgorithm algorithm : values()) {
			if (algorithm.key.equals(key)) {
				return algorithm;
			}
		}
		return null;
	}

	/**
	 * The digest of pieces one after the other.
	 */
	abstract byte[] of(Iterable<ByteBuffer> content);

	String key() {
		return this.key;
	}

	/**
	 * Bytes of a digest.
	 */
	int length() {
		return this.length;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java has it", ex);
		}
	}

}
