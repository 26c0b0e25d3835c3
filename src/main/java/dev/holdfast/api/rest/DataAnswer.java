package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import dev.holdfast.block.ByteSink;
import dev.holdfast.block.Transfer;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What a {@code GET} of blocks answers: the whole volume, one range of it, or several.
 */
final class DataAnswer {

	private final Volume volume;

	private final List<DataRange> ranges;

	private final @Nullable Multipart multipart;

	/**
	 * An answer.
	 * @param ranges at least one, in the order in which they go out
	 */
	DataAnswer(Volume volume, List<DataRange> ranges) {
		this.volume = volume;
		this.ranges = ranges;
		this.multipart = (ranges.size() > 1) ? new Multipart(ranges, volume.sizeBytes()) : null;
	}

	/**
	 * Bytes of the body.
	 */
	long length() {
		return (this.multipart != null) ? this.multipart.contentLength() : this.ranges.getFirst().length();
	}

	/**
	 * Whether it is as much as the whole volume, in one range or several.
	 */
	boolean isWhole() {
		return this.ranges.stream().mapToLong(DataRange::length).sum() >= this.volume.sizeBytes();
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
			response.setHeader(HttpHeaders.CONTENT_RANGE, first.contentRange(this.volume.sizeBytes()));
		}
	}

	/**
	 * Passes the body on.
	 */
	Transfer write(Source source, ByteSink sink) throws IOException {
		Multipart parts = this.multipart;
		if (parts == null) {
			return source.read(this.volume.key(), this.ranges.getFirst(), sink);
		}
		Transfer all = Transfer.NOTHING;
		for (DataRange range : this.ranges) {
			sink.accept(ByteBuffer.wrap(parts.head(range)));
			all = all.plus(source.read(this.volume.key(), range, sink));
		}
		sink.accept(ByteBuffer.wrap(parts.end()));
		return all;
	}

	/**
	 * Where the bytes of a range come from.
	 */
	@FunctionalInterface
	interface Source {

		Transfer read(VolumeKey key, DataRange range, ByteSink sink) throws IOException;

	}

}
