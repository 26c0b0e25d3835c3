package dev.holdfast.api.rest;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import jakarta.servlet.ServletRequest;

/**
 * What an answer and a line of the log have in common. Always made here: a client's own
 * could forge a line.
 */
final class RequestId {

	static final String HEADER = "X-Request-Id";

	private static final String ATTRIBUTE = "holdfast.request-id";

	private RequestId() {
	}

	static String of(ServletRequest request) {
		if (request.getAttribute(ATTRIBUTE) instanceof String id) {
			return id;
		}
		String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
		request.setAttribute(ATTRIBUTE, id);
		return id;
	}

}
