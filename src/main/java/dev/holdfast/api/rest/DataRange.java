package dev.holdfast.api.rest;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * Which bytes of a volume a {@code GET} asks for.
 *
 * @param offset of the first one
 * @param length how many
 * @param partial whether a range was asked for
 */
record DataRange(long offset, long length, boolean partial) {

	private static final Pattern UNIT = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(.*)");

	/** The {@code range-set} of RFC 9110, empty elements included. */
	private static final Pattern RANGES = Pattern
		.compile("[ \\t,]*(\\d+-\\d*|-\\d+)([ \\t]*,[ \\t]*(\\d+-\\d*|-\\d+)?)*[ \\t]*");

	private static final Pattern LEADING_ZEROES = Pattern.compile("\\b0+(?=\\d)");

	/** What is longer than any number that fits means "to the end". */
	private static final Pattern HUGE = Pattern.compile("\\d{19,}");

	/**
	 * Reads the header {@code Range}. One of an unknown unit is ignored, and so is any
	 * with {@code If-Range}, since a volume has no validator that could match.
	 * @throws ProblemException {@link Problem#RANGE_NOT_SATISFIABLE}
	 */
	static DataRange of(HttpServletRequest request, long size) {
		String header = request.getHeader(HttpHeaders.RANGE);
		if (header == null || request.getHeader(HttpHeaders.IF_RANGE) != null) {
			return new DataRange(0, size, false);
		}
		Matcher matcher = UNIT.matcher(header.trim());
		if (!matcher.matches()) {
			throw malformed();
		}
		if (!matcher.group(1).equalsIgnoreCase("bytes")) {
			return new DataRange(0, size, false);
		}
		if (!RANGES.matcher(matcher.group(2)).matches()) {
			throw malformed();
		}
		String plain = LEADING_ZEROES.matcher(matcher.group(2)).replaceAll("");
		return single(HUGE.matcher(plain).replaceAll(Long.toString(Long.MAX_VALUE)), size);
	}

	private static DataRange single(String ranges, long size) {
		List<HttpRange> parsed;
		try {
			parsed = HttpRange.parseRanges("bytes=" + ranges);
		}
		catch (IllegalArgumentException ex) {
			throw malformed();
		}
		if (parsed.size() != 1) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE, "Ask for one range at a time");
		}
		long first = parsed.getFirst().getRangeStart(size);
		if (first >= size) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
					"The range begins behind the end of the volume, which has %d bytes".formatted(size))
				.with("size", size);
		}
		return new DataRange(first, parsed.getFirst().getRangeEnd(size) - first + 1, true);
	}

	private static ProblemException malformed() {
		return new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
				"Write a range as bytes=first-last, bytes=first- or bytes=-count");
	}

	String contentRange(long size) {
		return "bytes %d-%d/%d".formatted(this.offset, this.offset + this.length - 1, size);
	}

}
