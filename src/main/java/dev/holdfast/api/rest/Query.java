package dev.holdfast.api.rest;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of the request's target.
 */
final class Query {

	private Query() {
	}

	static @Nullable String single(HttpServletRequest request, String name) {
		String[] values = request.getParameterValues(name);
		if (values == null) {
			return null;
		}
		if (values.length != 1) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, name + " is given more than once");
		}
		return values[0];
	}

	static boolean flag(HttpServletRequest request, String name) {
		String value = single(request, name);
		if (value == null || value.equals("false")) {
			return false;
		}
		if (value.equals("true")) {
			return true;
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, name + " is true or false");
	}

}
