package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import dev.holdfast.block.ByteSink;
import dev.holdfast.block.Transfer;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What a {@code GET} of bytes answers: all of them, one range, or several.
 */
final class DataAnswer {

	private final long size;

	private final List<DataRange> ranges;

	private final @Nullable Multipart multipart;

	/**
	 * An answer.
	 * @param size of what the bytes are of
	 * @param ranges at least one, in the order in which they go out
	 */
	DataAnswer(long size, List<DataRange> ranges) {
		this.size = size;
		this.ranges = ranges;
		this.multipart = (ranges.size() > 1) ? new Multipart(ranges, size) : null;
	}

	/**
	 * Bytes of the body.
	 */
	long length() {
		return (this.multipart != null) ? this.multipart.contentLength() : this.ranges.getFirst().length();
	}

	/**
	 * Whether it is as much as all there is, in one range or several.
	 */
	boolean isWhole() {
		return this.ranges.stream().mapToLong(DataRange::length).sum() >= this.size;
	}

	void head(HttpServletResponse response) {
		response.setContentLengthLong(length());
		DataRange first = this.ranges.getFirst();
		if (first.partial()) {
			response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
		}
		if (this.multipart != null) {
			response.setContentType(this.multipart.contentType());
		}
		else if (first.partial()) {
			response.setHeader(HttpHeaders.CONTENT_RANGE, first.contentRange(this.size));
		}
	}

	/**
	 * Passes the body on.
	 */
	Transfer write(Source source, ByteSink sink) throws IOException {
		Multipart parts = this.multipart;
		if (parts == null) {
			return source.read(this.ranges.getFirst(), sink);
		}
		Transfer all = Transfer.NOTHING;
		for (DataRange range : this.ranges) {
			sink.accept(ByteBuffer.wrap(parts.head(range)));
			all = all.plus(source.read(range, sink));
		}
		sink.accept(ByteBuffer.wrap(parts.end()));
		return all;
	}

	/**
	 * Where the bytes of a range come from.
	 */
	@FunctionalInterface
	interface Source {

		Transfer read(DataRange range, ByteSink sink) throws IOException;

	}

}
