package dev.holdfast.api.rest;

import java.util.Collections;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;

/**
 * Conditions on blocks. They have no entity tag, so that only {@code *} can match.
 */
final class DataConditions {

	private static final String ANY = "*";

	private DataConditions() {
	}

	/**
	 * What must hold before a byte is read.
	 * @return {@code false} if the answer is that nothing has changed: whoever wants the
	 * blocks only if there are none gets none
	 */
	static boolean checkRead(HttpServletRequest request) {
		requireMatch(request);
		return !wantsNone(request);
	}

	private static void requireMatch(HttpServletRequest request) {
		for (String match : Collections.list(request.getHeaders(HttpHeaders.IF_MATCH))) {
			if (!match.trim().equals(ANY)) {
				throw new ProblemException(Problem.PRECONDITION_FAILED,
						"Blocks have no entity tag: If-Match can only be *");
			}
		}
	}

	private static boolean wantsNone(HttpServletRequest request) {
		return Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH))
			.stream()
			.anyMatch((none) -> none.trim().equals(ANY));
	}

	/**
	 * What must hold before a byte is written. What would have to be undone or verified
	 * and cannot be is refused, not ignored.
	 */
	static void checkWrite(HttpServletRequest request) {
		requireMatch(request);
		if (wantsNone(request)) {
			throw new ProblemException(Problem.PRECONDITION_FAILED,
					"The blocks exist, so If-None-Match: * cannot hold");
		}
		String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
		if (encoding != null && !encoding.trim().equalsIgnoreCase("identity")) {
			throw new ProblemException(Problem.NOT_SUPPORTED, "Send the bytes without a Content-Encoding");
		}
	}

}
