package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * Which bytes a {@code GET} asks for.
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

	private static final Pattern NOTHING = Pattern.compile("^[ \\t,]*-0\\b");

	/** What is longer than any number that fits means "to the end". */
	private static final Pattern HUGE = Pattern.compile("\\d{19,}");

	/**
	 * Reads the header {@code Range}. One of an unknown unit is ignored, and so is any
	 * with {@code If-Range}, since bytes have no validator that could match. Ranges may
	 * overlap: RFC 9110, section 14.2, would let us refuse more than two that do, but
	 * they are served one after the other with the memory of one, so they cost no more
	 * than as many requests.
	 * @return in the order that they were asked for, without those that begin behind the
	 * end; never empty
	 * @throws ProblemException {@link Problem#RANGE_NOT_SATISFIABLE}
	 */
	static List<DataRange> of(HttpServletRequest request, long size, int most) {
		List<String> lines = Collections.list(request.getHeaders(HttpHeaders.RANGE));
		if (lines.isEmpty() || request.getHeader(HttpHeaders.IF_RANGE) != null) {
			return List.of(new DataRange(0, size, false));
		}
		if (lines.size() > 1) {
			throw malformed();
		}
		Matcher matcher = UNIT.matcher(lines.getFirst().trim());
		if (!matcher.matches()) {
			throw malformed();
		}
		if (!matcher.group(1).equalsIgnoreCase("bytes")) {
			return List.of(new DataRange(0, size, false));
		}
		String ranges = matcher.group(2);
		if (ranges.chars().filter((character) -> character == ',').count() >= most) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
					"Ask for at most %d ranges at a time".formatted(most))
				.with("limit", most);
		}
		if (!RANGES.matcher(ranges).matches()) {
			throw malformed();
		}
		String plain = LEADING_ZEROES.matcher(ranges).replaceAll("");
		return satisfiable(HUGE.matcher(plain).replaceAll(Long.toString(Long.MAX_VALUE)), size);
	}

	private static List<DataRange> satisfiable(String ranges, long size) {
		List<HttpRange> parsed;
		try {
			parsed = HttpRange.parseRanges("bytes=" + ranges);
		}
		catch (IllegalArgumentException ex) {
			throw malformed();
		}
		List<DataRange> found = new ArrayList<>();
		for (HttpRange range : parsed) {
			long first = range.getRangeStart(size);
			if (first < size) {
				long length = range.getRangeEnd(size) - first + 1;
				found.add(new DataRange(first, length, true));
			}
		}
		if (found.isEmpty()) {
			throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
					(NOTHING.matcher(ranges).find() ? "The last 0 bytes are no range: there are %d bytes"
							: "The range begins behind the end: there are %d bytes")
						.formatted(size))
				.with("size", size);
		}
		return found;
	}

	private static ProblemException malformed() {
		return new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
				"Write a range as bytes=first-last, bytes=first- or bytes=-count");
	}

	String contentRange(long size) {
		return "bytes %d-%d/%d".formatted(this.offset, this.offset + this.length - 1, size);
	}

}
