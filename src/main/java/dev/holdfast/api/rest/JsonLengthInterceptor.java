package dev.holdfast.api.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses JSON bodies that say themselves that they are too long, before they are asked
 * for; {@link JsonBodyLimit} sees to the others.
 */
final class JsonLengthInterceptor implements HandlerInterceptor {

	private final DataLimits limits;

	JsonLengthInterceptor(DataLimits limits) {
		this.limits = limits;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (request.getContentLengthLong() > this.limits.jsonBytes() && handler instanceof HandlerMethod method) {
			for (MethodParameter parameter : method.getMethodParameters()) {
				if (parameter.hasParameterAnnotation(RequestBody.class)) {
					throw JsonBodyLimit.tooLarge(this.limits.jsonBytes());
				}
			}
		}
		return true;
	}

}
