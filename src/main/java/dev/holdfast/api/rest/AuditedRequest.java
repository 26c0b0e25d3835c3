package dev.holdfast.api.rest;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.contract.ResourceName;
import jakarta.servlet.http.HttpServletRequest;

/**
 * A request as the audit names it. Of the path there is only what could be a name: it may
 * hold anything else, a token included.
 *
 * @param action the method, or the verb after the colon
 * @param object the path without the version, such as {@code tenants/acme/tokens/app}
 */
record AuditedRequest(String action, String object) {

	private static final String BASE = "/v1/";

	private static final int SEGMENTS = 8;

	private static final Pattern VERB = Pattern.compile("[a-zA-Z]{1,32}");

	private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");

	/** What only administrators may do. */
	private static final Pattern ADMINISTRATION = Pattern
		.compile("/v1/(devices(/.*)?|node|tenants|tenants/[^/]*|tenants/[^/]*/tokens(/.*)?)");

	private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

	static AuditedRequest of(HttpServletRequest request) {
		String path = request.getServletPath();
		String rest = path.startsWith(BASE) ? path.substring(BASE.length()) : path;
		int colon = rest.lastIndexOf(':');
		String verb = rest.substring(colon + 1);
		boolean named = colon >= 0 && VERB.matcher(verb).matches();
		String object = Stream.of((named ? rest.substring(0, colon) : rest).split("/", -1))
			.limit(SEGMENTS)
			.map((segment) -> ResourceName.isValid(segment) ? segment : "?")
			.collect(Collectors.joining("/"));
		return new AuditedRequest(named ? verb : method(request), object);
	}

	private static String method(HttpServletRequest request) {
		String method = request.getMethod();
		return METHOD.matcher(method).matches() ? method.toLowerCase(Locale.ROOT) : "?";
	}

	/**
	 * Whether a request changes something.
	 */
	static boolean changes(HttpServletRequest request) {
		return !READING.contains(request.getMethod());
	}

	/**
	 * Whether a request is for administrators alone, as far as its path tells.
	 */
	static boolean administers(HttpServletRequest request) {
		return ADMINISTRATION.matcher(request.getServletPath()).matches();
	}

}
