package dev.holdfast.api.rest;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list that is ordered by name, or by ids that grow with time. The token for
 * the next one holds the last of them, so that what comes and goes in between neither
 * repeats nor hides the rest.
 *
 * @param <T> what is listed
 * @param items of this page
 * @param nextToken {@code null} on the last page
 */
record Page<T>(List<T> items, @Nullable String nextToken) {

	static final String UNKNOWN_TOKEN = "pageToken is not one that was given out";

	static final List<String> PARAMETERS = List.of("pageSize", "pageToken");

	static final int DEFAULT_SIZE = 100;

	static final int LARGEST_SIZE = 1000;

	/** A name, or what stands for the service itself where names are. */
	private static final Pattern PART = Pattern.compile("[-_*a-z0-9]{1,63}");

	private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

	/**
	 * Whether a handler answers with a page.
	 */
	static boolean isAnsweredBy(Method handler) {
		Class<?> answer = handler.getReturnType();
		return answer.isRecord() && Arrays.stream(answer.getRecordComponents())
			.anyMatch((component) -> component.getName().equals("nextPageToken"));
	}

	static <T> Page<T> of(List<T> all, Function<T, String> name, HttpServletRequest request) {
		return of(all, name, Comparator.naturalOrder(), request);
	}

	/**
	 * A page of what has ids that grow with time, each of them a valid name.
	 */
	static <T> Page<T> newestFirst(List<T> all, Function<T, String> id, HttpServletRequest request) {
		return of(all, id, Comparator.reverseOrder(), request);
	}

	private static <T> Page<T> of(List<T> all, Function<T, String> name, Comparator<String> order,
			HttpServletRequest request) {
		int size = size(request);
		String after = after(Query.single(request, "pageToken"));
		List<T> rest = all.stream()
			.filter((item) -> after == null || order.compare(name.apply(item), after) > 0)
			.sorted(Comparator.comparing(name, order))
			.toList();
		if (rest.size() <= size) {
			return new Page<>(rest, null);
		}
		List<T> items = rest.subList(0, size);
		String last = name.apply(items.getLast());
		return new Page<>(items,
				Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.US_ASCII)));
	}

	/**
	 * How many items a page has at most.
	 */
	static int size(HttpServletRequest request) {
		String text = Query.single(request, "pageSize");
		if (text == null) {
			return DEFAULT_SIZE;
		}
		int size = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
		if (size >= 1 && size <= LARGEST_SIZE) {
			return size;
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "pageSize is from 1 to " + LARGEST_SIZE);
	}

	private static @Nullable String after(@Nullable String token) {
		if (token == null) {
			return null;
		}
		try {
			String name = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
			// What has no name of its own has a path of names.
			if (Arrays.stream(name.split("/", -1)).allMatch((part) -> PART.matcher(part).matches())) {
				return name;
			}
		}
		catch (IllegalArgumentException ex) {
			// said below
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, UNKNOWN_TOKEN);
	}

}
