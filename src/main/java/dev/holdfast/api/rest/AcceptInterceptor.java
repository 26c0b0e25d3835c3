package dev.holdfast.api.rest;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses who does not accept JSON before anything is done, where JSON is the answer. The
 * framework would find out when it writes it.
 */
final class AcceptInterceptor implements HandlerInterceptor {

	private static final List<MediaType> WRITTEN = List.of(MediaType.APPLICATION_JSON,
			new MediaType("application", "*+json"));

	private final ContentNegotiationStrategy accepted = new HeaderContentNegotiationStrategy();

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws HttpMediaTypeNotAcceptableException {
		if (handler instanceof HandlerMethod method && !method.isVoid()
				&& method.getBeanType().getPackage().equals(AcceptInterceptor.class.getPackage())) {
			List<MediaType> types = this.accepted.resolveMediaTypes(new ServletWebRequest(request));
			if (types.stream().noneMatch(AcceptInterceptor::isWritten)) {
				throw new HttpMediaTypeNotAcceptableException(List.of(MediaType.APPLICATION_JSON));
			}
		}
		return true;
	}

	private static boolean isWritten(MediaType type) {
		Charset charset = type.getCharset();
		return (charset == null || charset.equals(StandardCharsets.UTF_8))
				&& WRITTEN.stream().anyMatch(type::isCompatibleWith);
	}

}
