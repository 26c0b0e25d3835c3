package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns what controllers throw into problems.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

	private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

	private final Admission admission;

	ProblemAdvice(Admission admission) {
		this.admission = admission;
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> refused(ProblemException ex, HttpServletRequest request, HttpServletResponse response) {
		Throwable cause = ex.getCause();
		if (cause != null) {
			String why = String.valueOf(cause.getMessage());
			log.info("Request {} failed: {}{}", RequestId.of(request), ex.getMessage(),
					ex.detail().contains(why) ? "" : " (" + why + ")");
		}
		return answer(ProblemAnswer.of(this.admission.told(ex), request), new HttpHeaders(), request, response);
	}

	/** The query is decoded only when somebody asks for a parameter. */
	@ExceptionHandler
	@Nullable ResponseEntity<Object> undecodable(InvalidParameterException ex, HttpServletRequest request,
			HttpServletResponse response) {
		return answer(ProblemType.MALFORMED_REQUEST, "The query is not in the form name=value&name=value, escaped by %",
				request, response);
	}

	/** The firewall looks at a header only when somebody asks for it. */
	@ExceptionHandler
	@Nullable ResponseEntity<Object> rejected(RequestRejectedException ex, HttpServletRequest request,
			HttpServletResponse response) {
		return answer(ProblemType.MALFORMED_REQUEST, "A header or parameter has characters that none may have", request,
				response);
	}

	/** The client went away, or its connection broke: there is nobody to tell. */
	@ExceptionHandler
	@Nullable ResponseEntity<Object> disconnected(IOException ex, HttpServletRequest request) {
		log.debug("Request {} ended early", RequestId.of(request), ex);
		ExchangeValve.breakConnection(request);
		return null;
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> failed(Exception ex, HttpServletRequest request, HttpServletResponse response) {
		log.error("Request {} failed", RequestId.of(request), ex);
		return answer(ProblemType.INTERNAL_ERROR, ProblemType.INTERNAL_ERROR.explanation(), request, response);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		HttpServletRequest servletRequest = ((ServletWebRequest) request).getRequest();
		ProblemDetail problem = UnreadableBody.problem(ex, servletRequest);
		return answer(problem, headers, servletRequest, response(request));
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception ex, @Nullable Object body,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		HttpServletRequest servletRequest = ((ServletWebRequest) request).getRequest();
		ProblemType type = ProblemType.ofStatus(status.value());
		String said = (body instanceof ProblemDetail problem) ? problem.getDetail() : null;
		String detail = (said != null && type != ProblemType.NOT_FOUND && type.status() < 500) ? said
				: type.explanation();
		if (status.is5xxServerError()) {
			log.error("Request {} failed", RequestId.of(servletRequest), ex);
		}
		return answer(ProblemAnswer.of(type, detail, servletRequest), headers, servletRequest, response(request));
	}

	private static @Nullable ResponseEntity<Object> answer(ProblemType type, String detail, HttpServletRequest request,
			HttpServletResponse response) {
		return answer(ProblemAnswer.of(type, detail, request), new HttpHeaders(), request, response);
	}

	/**
	 * Writes the answer, or breaks the connection if another one has begun.
	 * @return {@code null}: there is nothing left to write
	 */
	private static @Nullable ResponseEntity<Object> answer(ProblemDetail problem, HttpHeaders more,
			HttpServletRequest request, HttpServletResponse response) {
		request.setAttribute(ProblemAnswer.ATTRIBUTE, problem);
		if (response.isCommitted()) {
			ExchangeValve.breakConnection(request);
			return null;
		}
		// What was to be answered is not.
		response.setHeader(HttpHeaders.ETAG, null);
		more.forEach((name, values) -> values.forEach((value) -> response.setHeader(name, value)));
		try {
			ProblemAnswer.write(problem, request, response);
		}
		catch (IOException ex) {
			ExchangeValve.breakConnection(request);
		}
		return null;
	}

	private static HttpServletResponse response(WebRequest request) {
		HttpServletResponse response = ((ServletWebRequest) request).getResponse();
		if (response == null) {
			throw new IllegalStateException("no response");
		}
		return response;
	}

}
