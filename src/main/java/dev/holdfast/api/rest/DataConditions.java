package dev.holdfast.api.rest;

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

	static void checkRead(HttpServletRequest request) {
		String match = request.getHeader(HttpHeaders.IF_MATCH);
		if (match != null && !match.trim().equals(ANY)) {
			throw new ProblemException(Problem.PRECONDITION_FAILED,
					"Blocks have no entity tag: If-Match can only be *");
		}
	}

	/**
	 * What must hold before a byte is written. What would have to be undone or verified
	 * and cannot be is refused, not ignored.
	 */
	static void checkWrite(HttpServletRequest request) {
		checkRead(request);
		String none = request.getHeader(HttpHeaders.IF_NONE_MATCH);
		if (none != null && none.trim().equals(ANY)) {
			throw new ProblemException(Problem.PRECONDITION_FAILED,
					"The blocks exist, so If-None-Match: * cannot hold");
		}
		String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
		if (encoding != null && !encoding.trim().equalsIgnoreCase("identity")) {
			throw new ProblemException(Problem.NOT_SUPPORTED, "Send the bytes without a Content-Encoding");
		}
	}

}
