package dev.holdfast.api.rest;

import java.util.stream.Collectors;

import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;

/**
 * Says what is wrong with a JSON body, in terms of the JSON and not of Java.
 */
final class UnreadableBody {

	private static final int NAME_LIMIT = 32;

	private static final String TOKEN_MARK = "hf_";

	private UnreadableBody() {
	}

	static ProblemDetail problem(HttpMessageNotReadableException ex, HttpServletRequest request) {
		for (Throwable cause = ex.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof ProblemException known) {
				return ProblemAnswer.of(known, request);
			}
		}
		if (ex.getCause() instanceof UnrecognizedPropertyException unknown) {
			return ProblemAnswer.of(ProblemType.UNKNOWN_FIELD,
					"There is no field %s here".formatted(quoted(unknown.getPropertyName())), request);
		}
		return ProblemAnswer.of(ProblemType.MALFORMED_REQUEST, detail(ex.getCause()), request);
	}

	private static String detail(@Nullable Throwable cause) {
		if (cause instanceof StreamReadException broken) {
			return "The body is not JSON: line %d, column %d".formatted(broken.getLocation().getLineNr(),
					broken.getLocation().getColumnNr());
		}
		if (cause instanceof DatabindException mismatch && !mismatch.getPath().isEmpty()) {
			return "The field %s has a value of the wrong kind".formatted(field(mismatch));
		}
		return "A JSON object is needed as the body";
	}

	private static String field(DatabindException mismatch) {
		return quoted(mismatch.getPath()
			.stream()
			.map(JacksonException.Reference::getPropertyName)
			.map(String::valueOf)
			.collect(Collectors.joining(".")));
	}

	/**
	 * What a client sent, if it can be repeated: answers are logged, and tokens never
	 * are, wherever they were written by mistake.
	 */
	static String quoted(String name) {
		if (name.contains(TOKEN_MARK)) {
			return "of that name (it looks like a token)";
		}
		return "'%s'".formatted((name.length() <= NAME_LIMIT) ? name : name.substring(0, NAME_LIMIT) + "…");
	}

}
