package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;

/**
 * Problems in the form of RFC 9457, the same from every layer: controllers, filters and
 * the container.
 */
final class ProblemAnswer {

	/** A request attribute: what the error page is to say, as {@link ProblemDetail}. */
	static final String ATTRIBUTE = "holdfast.problem";

	/** A request attribute: how many bytes there are, for the header of a 416. */
	static final String DATA_SIZE = "holdfast.data-size";

	private static final String RETRY_SECONDS = "1";

	private static final JsonMapper JSON = JsonMapper.builder()
		.disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
		.addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
		.build();

	private ProblemAnswer() {
	}

	static ProblemDetail of(ProblemType type, String detail, HttpServletRequest request) {
		ProblemDetail problem = ProblemDetail.forStatus(type.status());
		problem.setType(URI.create("/problems/" + type.code()));
		problem.setTitle(type.title());
		problem.setDetail(detail);
		problem.setProperty("code", type.code());
		problem.setProperty("requestId", RequestId.of(request));
		if (type.retryable()) {
			problem.setProperty("retryable", true);
		}
		return problem;
	}

	static ProblemDetail of(ProblemException failure, HttpServletRequest request) {
		ProblemDetail problem = of(ProblemType.of(failure.problem()), failure.detail(), request);
		failure.properties().forEach(problem::setProperty);
		return problem;
	}

	/**
	 * What an error page says: the problem that somebody has left for it, or what the
	 * status means.
	 */
	static ProblemDetail ofError(HttpServletRequest request, int status) {
		if (request.getAttribute(ATTRIBUTE) instanceof ProblemDetail problem) {
			return problem;
		}
		ProblemType type = ProblemType.ofStatus(status);
		return of(type, type.explanation(), request);
	}

	private static String retryAfter(ProblemDetail problem) {
		Map<String, Object> properties = problem.getProperties();
		Object known = (properties != null) ? properties.get("retryAfterSeconds") : null;
		return (known != null) ? known.toString() : RETRY_SECONDS;
	}

	/**
	 * Writes a problem as the whole answer.
	 */
	static void write(ProblemDetail problem, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		ProblemType type = ProblemType.ofProblem(problem);
		if (type.retryable()) {
			response.setHeader(HttpHeaders.RETRY_AFTER, retryAfter(problem));
		}
		Object size = request.getAttribute(DATA_SIZE);
		if (type == ProblemType.RANGE_NOT_SATISFIABLE && size != null) {
			response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
		}
		byte[] body = JSON.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8);
		response.setStatus(problem.getStatus());
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
