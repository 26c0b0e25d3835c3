package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What {@code If-Match} or {@code If-None-Match} lists.
 *
 * @param any whether it is {@code *}
 * @param tags otherwise
 */
record EntityTags(boolean any, List<EntityTag> tags) {

	private static final Pattern ONE = Pattern.compile("(W/)?\"([\\x21\\x23-\\x7E\\x80-\\xFF]*)\"[ \\t]*(,[ \\t,]*|$)");

	private static final Pattern EMPTY = Pattern.compile("[ \\t,]*");

	/**
	 * Reads a header, which may come in several lines.
	 * @return {@code null} if it is not there
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	static @Nullable EntityTags of(HttpServletRequest request, String header) {
		List<String> lines = Collections.list(request.getHeaders(header));
		return lines.isEmpty() ? null : parse(header, String.join(",", lines).trim());
	}

	private static EntityTags parse(String header, String text) {
		if (text.equals("*")) {
			return new EntityTags(true, List.of());
		}
		List<EntityTag> tags = new ArrayList<>();
		Matcher empty = EMPTY.matcher(text);
		int at = empty.lookingAt() ? empty.end() : 0;
		Matcher one = ONE.matcher(text);
		while (at < text.length()) {
			if (!one.region(at, text.length()).lookingAt()) {
				throw malformed(header);
			}
			tags.add(new EntityTag(one.group(1) != null, one.group(2)));
			at = one.end();
		}
		if (tags.isEmpty()) {
			throw malformed(header);
		}
		return new EntityTags(false, tags);
	}

	private static ProblemException malformed(String header) {
		return new ProblemException(Problem.MALFORMED_REQUEST,
				"%s is * or a list of entity tags in quotation marks, as ETag has them".formatted(header));
	}

	/**
	 * Whether a change based on one of these may be made.
	 * @param present tag of what is there, {@code null} if nothing is
	 */
	boolean allow(@Nullable EntityTag present) {
		return present != null && (this.any || this.tags.stream().anyMatch(present::isBaseOf));
	}

	/**
	 * Whether one of these is there.
	 * @param present tag of what is there, {@code null} if nothing is
	 */
	boolean contain(@Nullable EntityTag present) {
		return present != null && (this.any || this.tags.stream().anyMatch(present::isSame));
	}

}
