package dev.holdfast.api.rest;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Around every exchange, also those that no servlet sees: gives it an id, refuses it
 * while the service stops, and breaks the connection of an answer that failed half-way,
 * so that no client takes what it got for the whole.
 */
final class ExchangeValve extends ValveBase {

	private static final String BROKEN = "holdfast.broken";

	private static final String BYTES = MediaType.APPLICATION_OCTET_STREAM_VALUE;

	private static final String STOPPING = "The service is stopping: ask again, here once it is back or elsewhere";

	private final Admission admission;

	private final SlowestPace slowest;

	ExchangeValve(Admission admission, SlowestPace slowest) {
		super(true);
		this.admission = admission;
		this.slowest = slowest;
	}

	/**
	 * Marks an answer that can neither be finished nor taken back.
	 */
	static void breakConnection(ServletRequest request) {
		request.setAttribute(BROKEN, true);
	}

	/**
	 * Whether the answer neither was nor will be given.
	 */
	static boolean isBroken(ServletRequest request) {
		return request.getAttribute(BROKEN) != null;
	}

	/**
	 * The answer could be given after all: after a body cut short the container takes
	 * nothing more from servlets, but still lets its own error report through.
	 */
	static void keepConnection(ServletRequest request) {
		request.removeAttribute(BROKEN);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		HttpProcessor.remember(request);
		response.setHeader(RequestId.HEADER, RequestId.of(request));
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Cache-Control", "no-store");
		if (this.admission.enter()) {
			try {
				serve(request, response);
			}
			finally {
				this.admission.leave();
			}
		}
		else {
			response.setHeader(HttpHeaders.CONNECTION, "close");
			ProblemAnswer.write(ProblemAnswer.of(ProblemType.OVERLOADED, STOPPING, request), request, response);
		}
	}

	private void serve(Request request, Response response) throws IOException, ServletException {
		if (!response.isError() && (isFramedWrongly(request) || hasPathParameters(request))) {
			ProblemType type = ProblemType.MALFORMED_REQUEST;
			ProblemAnswer.write(ProblemAnswer.of(type, type.explanation(), request), request, response);
			return;
		}
		if (!hasType(request)) {
			request.getCoyoteRequest().getMimeHeaders().setValue(HttpHeaders.CONTENT_TYPE).setString(BYTES);
			request.getCoyoteRequest().setContentType(BYTES);
		}
		getNext().invoke(request, response);
		if (this.admission.isRefusing() && !response.isCommitted()) {
			response.setHeader(HttpHeaders.CONNECTION, "close");
		}
		boolean begun = hasBegun(response);
		if (isBroken(request) || (begun && response.getCoyoteResponse().isError())) {
			HttpProcessor.close(request.getCoyoteRequest(), begun);
		}
		else if (!request.isAsync()) {
			new UnwantedBody(request.getCoyoteRequest(), this.slowest).take(response);
		}
	}

	/**
	 * Whether a client has the head of an answer and not yet all of it.
	 */
	private static boolean hasBegun(Response response) {
		long length = response.getCoyoteResponse().getContentLengthLong();
		return response.isCommitted() && (length < 0 || response.getCoyoteResponse().getContentWritten() < length);
	}

	/**
	 * No path here has any. The firewall would say so too, but not before the framework
	 * has stumbled over those that cannot be decoded.
	 */
	private static boolean hasPathParameters(Request request) {
		return request.getRequestURI().indexOf(';') >= 0;
	}

	/**
	 * Whether the type of the body is one, if it says any. The framework looks at it
	 * everywhere, also where nothing depends on it, and stumbles over wildcards and
	 * charsets that are none; so what is no type is one that says nothing.
	 */
	private static boolean hasType(Request request) {
		String type = request.getContentType();
		try {
			return type == null || MediaType.parseMediaType(type).isConcrete();
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	/**
	 * HTTP/1.0 knows no transfer codings, so a proxy may see another end of such a body
	 * than we do (RFC 9112, section 6.1).
	 */
	private static boolean isFramedWrongly(Request request) {
		return "HTTP/1.0".equals(request.getProtocol()) && request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
	}

}
