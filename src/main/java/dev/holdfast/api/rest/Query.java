package dev.holdfast.api.rest;

import java.lang.reflect.Method;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Parameters of the request's target.
 */
final class Query {

	private Query() {
	}

	/**
	 * Names of the parameters that a handler has, as it says itself.
	 */
	static List<String> parameters(Method handler) {
		Stream<String> own = AnnotatedElementUtils.getMergedRepeatableAnnotations(handler, Parameter.class)
			.stream()
			.filter((parameter) -> parameter.in() == ParameterIn.QUERY)
			.map(Parameter::name);
		return Stream.concat(own, Page.isAnsweredBy(handler) ? Page.PARAMETERS.stream() : Stream.empty()).toList();
	}

	/**
	 * Names that a query has.
	 * @throws ProblemException if they cannot be read
	 */
	static List<String> names(String query) {
		try {
			return Arrays.stream(query.split("&", -1))
				.filter((part) -> !part.isEmpty())
				.map((part) -> URLDecoder.decode(part.split("=", 2)[0], StandardCharsets.UTF_8))
				.toList();
		}
		catch (IllegalArgumentException ex) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "The parameters cannot be read", ex);
		}
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
