package dev.holdfast.api.rest;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Where the body of a {@code PUT} goes.
 *
 * @param offset of its first byte
 * @param length how many bytes were announced, or {@link #UNTIL_THE_END}
 */
record WriteTarget(long offset, long length) {

	/** A chunked body at an offset: all that there is. */
	static final long UNTIL_THE_END = -1;

	private static final Pattern CONTENT_RANGE = Pattern.compile("(?i:bytes) +(\\d{1,18})-(\\d{1,18})/(\\*|\\d{1,18})");

	private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

	/**
	 * Reads {@code ?offset=} or the header {@code Content-Range}.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST},
	 * {@link Problem#LENGTH_MISMATCH}, {@link Problem#RANGE_NOT_SATISFIABLE}
	 */
	static WriteTarget of(HttpServletRequest request, long size) {
		long body = bodyLength(request);
		String offset = Query.single(request, "offset");
		List<String> ranges = Collections.list(request.getHeaders(HttpHeaders.CONTENT_RANGE));
		if (ranges.size() > 1) {
			throw malformed("Content-Range is given more than once");
		}
		WriteTarget target = ranges.isEmpty() ? new WriteTarget(offset(offset), body)
				: ofContentRange(ranges.getFirst(), offset, body, size);
		if (target.offset() > size || target.length() > size - target.offset()) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
					"The body would go behind the end: there are %d bytes".formatted(size))
				.with("size", size);
		}
		return target;
	}

	private static long bodyLength(HttpServletRequest request) {
		boolean chunked = request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
		return chunked ? UNTIL_THE_END : Math.max(0, request.getContentLengthLong());
	}

	private static long offset(@Nullable String text) {
		if (text == null) {
			throw malformed("Say where the body goes: ?offset=N or Content-Range: bytes first-last/*");
		}
		if (!NUMBER.matcher(text).matches()) {
			throw malformed("offset is a number of bytes from the start");
		}
		return Long.parseLong(text);
	}

	private static WriteTarget ofContentRange(String header, @Nullable String offset, long body, long size) {
		Matcher matcher = CONTENT_RANGE.matcher(header.trim());
		if (!matcher.matches()) {
			throw malformed("Write Content-Range as bytes first-last/*");
		}
		long first = Long.parseLong(matcher.group(1));
		long last = Long.parseLong(matcher.group(2));
		if (last < first) {
			throw malformed("In Content-Range the last byte is before the first");
		}
		if (offset != null && offset(offset) != first) {
			throw malformed("offset and Content-Range disagree");
		}
		String complete = matcher.group(3);
		if (!complete.equals("*") && Long.parseLong(complete) != size && Long.parseLong(complete) != last + 1) {
			throw malformed("The complete length in Content-Range is *, the size, or last + 1");
		}
		long length = last - first + 1;
		if (body != UNTIL_THE_END && body != length) {
			throw new ProblemException(Problem.LENGTH_MISMATCH,
					"Content-Range announces %d bytes and Content-Length %d".formatted(length, body));
		}
		return new WriteTarget(first, length);
	}

	private static ProblemException malformed(String detail) {
		return new ProblemException(Problem.MALFORMED_REQUEST, detail);
	}

}
