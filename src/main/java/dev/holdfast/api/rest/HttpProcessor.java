package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.ErrorState;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one connection, as the container serves them, but for four things. An
 * answer that fails after its head is out ends in a reset, so that whatever counts on a
 * clean end sees that there is none. Heads that are too large get the status that says
 * so. And a head has to be complete within the time that each of its bytes may take, or
 * whoever sends one byte at a time would keep a connection for days. And it can be asked
 * whether the client is still there.
 */
final class HttpProcessor extends Http11Processor {

	private static final String RESET = "holdfast.reset";

	/** A request attribute: the processor that serves it. */
	private static final String SERVING = "holdfast.serving";

	/**
	 * The last of the places in a request of the container (coyote.Constants), which uses
	 * the first ones.
	 */
	private static final int PLACE = 31;

	/** How the container says it, which has no other mark. */
	private static final String TOO_LARGE = StringManager.getManager(Http11InputBuffer.class)
		.getString("iib.requestheadertoolarge.error");

	private static final StringManager TOO_MANY = StringManager.getManager(MimeHeaders.class);

	private static final int HEADERS_TOO_LARGE = 431;

	private final HttpProtocol http;

	/** The status of a head that is too large, which ends the connection. */
	private int refusal;

	HttpProcessor(HttpProtocol protocol, Adapter adapter) {
		super(protocol, adapter);
		this.http = protocol;
		this.request.setNote(PLACE, this);
	}

	/**
	 * Lets {@link #of} find the processor of an exchange.
	 */
	static void remember(org.apache.catalina.connector.Request request) {
		request.setAttribute(SERVING, request.getCoyoteRequest().getNote(PLACE));
	}

	/**
	 * Who serves a request. For its thread, until it is answered.
	 */
	static @Nullable HttpProcessor of(ServletRequest request) {
		return (request.getAttribute(SERVING) instanceof HttpProcessor processor) ? processor : null;
	}

	/**
	 * Whether the client has closed its connection, or its side of it: most clients that
	 * give up close all of it, and one cannot be told from the other before something is
	 * sent. What else there is to read, such as the next request or the rest of a body,
	 * stays in the connection's buffer for who reads next; an end behind it is not seen.
	 * Does not block. By the thread of the request.
	 */
	boolean clientHasGone() {
		SocketWrapperBase<?> wrapper = this.socketWrapper;
		try {
			if (wrapper != null) {
				wrapper.isReadyForRead();
			}
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Override
	public SocketState service(SocketWrapperBase<?> wrapper) throws IOException {
		this.refusal = 0;
		SocketState state = super.service(wrapper);
		boolean headIncomplete = state == SocketState.LONG && !isAsync();
		return (headIncomplete && late()) ? SocketState.CLOSED : state;
	}

	private boolean late() {
		long started = this.request.getStartTimeNanos();
		long limit = TimeUnit.MILLISECONDS.toNanos(this.http.getConnectionTimeout());
		return started >= 0 && System.nanoTime() - started > limit;
	}

	/**
	 * Called with the cause before anything else that is wrong with such a request, as
	 * that it has no host.
	 */
	@Override
	protected void setErrorState(ErrorState state, @Nullable Throwable cause) {
		if (cause != null && isTooLarge(cause)) {
			this.refusal = this.request.requestURI().isNull() ? HttpServletResponse.SC_REQUEST_URI_TOO_LONG
					: HEADERS_TOO_LARGE;
		}
		if (this.refusal != 0) {
			this.response.setStatus(this.refusal);
		}
		if (state == ErrorState.CLOSE_NOW && this.request.getAttribute(RESET) != null) {
			resetAtClose();
		}
		super.setErrorState(state, cause);
	}

	private boolean isTooLarge(Throwable cause) {
		String message = String.valueOf(cause.getMessage());
		return message.equals(TOO_LARGE)
				|| message.equals(TOO_MANY.getString("headers.maxCountFail", this.http.getMaxHeaderCount()));
	}

	/**
	 * Ends the connection of an exchange at once.
	 * @param reset whether the client must not take what it has for the end
	 */
	static void close(Request request, boolean reset) {
		request.setAttribute(RESET, reset ? true : null);
		request.getResponse().action(ActionCode.CLOSE_NOW, null);
	}

	private void resetAtClose() {
		SocketWrapperBase<?> wrapper = this.socketWrapper;
		if (wrapper != null && wrapper.getSocket() instanceof NioChannel channel) {
			try {
				channel.getIOChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
			}
			catch (IOException ex) {
				// It is closed already.
			}
		}
	}

}
