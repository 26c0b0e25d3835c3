package dev.holdfast.api.rest;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Several ranges in one answer: {@code multipart/byteranges} of RFC 9110, section 14.6.
 */
final class Multipart {

	private final List<DataRange> ranges;

	private final long size;

	private final String boundary = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
			+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

	/**
	 * An answer.
	 * @param ranges in the order in which they go out
	 * @param size of the volume
	 */
	Multipart(List<DataRange> ranges, long size) {
		this.ranges = ranges;
		this.size = size;
	}

	String contentType() {
		return "multipart/byteranges; boundary=" + this.boundary;
	}

	/**
	 * All of the body, headers of the parts included.
	 */
	long contentLength() {
		long length = end().length;
		for (DataRange range : this.ranges) {
			length += head(range).length + range.length();
		}
		return length;
	}

	/**
	 * What comes before the bytes of a range.
	 */
	byte[] head(DataRange range) {
		return "\r\n--%s\r\nContent-Type: application/octet-stream\r\nContent-Range: %s\r\n\r\n"
			.formatted(this.boundary, range.contentRange(this.size))
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * What comes after the last one.
	 */
	byte[] end() {
		return "\r\n--%s--\r\n".formatted(this.boundary).getBytes(StandardCharsets.US_ASCII);
	}

}
