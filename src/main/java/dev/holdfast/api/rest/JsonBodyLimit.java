package dev.holdfast.api.rest;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Keeps JSON bodies short, and those who send them from taking for ever.
 */
@RestControllerAdvice
class JsonBodyLimit extends RequestBodyAdviceAdapter {

	private final DataLimits limits;

	JsonBodyLimit(DataLimits limits) {
		this.limits = limits;
	}

	@Override
	public boolean supports(MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
		return true;
	}

	@Override
	public HttpInputMessage beforeBodyRead(HttpInputMessage message, MethodParameter parameter, Type type,
			Class<? extends HttpMessageConverter<?>> converter) throws IOException {
		return new Limited(message.getHeaders(), new Body(message.getBody()));
	}

	static ProblemException tooLarge(long limit) {
		return new ProblemException(Problem.TOO_LARGE, "A JSON body has at most %d bytes".formatted(limit))
			.with("limit", limit);
	}

	/**
	 * A message with another body.
	 *
	 * @param getHeaders of the message
	 * @param getBody instead of its own
	 */
	private record Limited(HttpHeaders getHeaders, InputStream getBody) implements HttpInputMessage {

	}

	/**
	 * A body that is read up to the limit. One thread.
	 */
	private final class Body extends InputStream {

		private final InputStream in;

		private final Pace pace = new Pace(JsonBodyLimit.this.limits.pace());

		private long left = JsonBodyLimit.this.limits.jsonBytes();

		private Body(InputStream in) {
			this.in = in;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] into, int offset, int length) throws IOException {
			int count = this.pace.read(() -> this.in.read(into, offset, length));
			this.left -= Math.max(0, count);
			if (this.left < 0) {
				throw tooLarge(JsonBodyLimit.this.limits.jsonBytes());
			}
			return count;
		}

	}

}
