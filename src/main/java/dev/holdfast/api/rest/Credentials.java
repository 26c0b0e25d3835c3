package dev.holdfast.api.rest;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The token in a request: {@code Bearer}, or the password of {@code Basic} with any user
 * name, which is all that some image tools can send.
 */
final class Credentials {

	private static final String BEARER = "Bearer ";

	private static final String BASIC = "Basic ";

	private Credentials() {
	}

	static boolean arePresent(HttpServletRequest request) {
		return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
	}

	/**
	 * What might be a token.
	 * @return {@code null} if the header is in no form that could hold one
	 */
	static @Nullable String token(HttpServletRequest request) {
		List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
		if (headers.size() != 1) {
			return null;
		}
		String header = headers.getFirst();
		if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
			return header.substring(BEARER.length()).trim();
		}
		if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
			return password(header.substring(BASIC.length()).trim());
		}
		return null;
	}

	private static @Nullable String password(String encoded) {
		try {
			String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
			int colon = pair.indexOf(':');
			return (colon < 0) ? null : pair.substring(colon + 1);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
