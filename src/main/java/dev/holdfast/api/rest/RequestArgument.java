package dev.holdfast.api.rest;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives controllers what is read from the headers of a request, by its type.
 *
 * @param <T> the type
 */
final class RequestArgument<T> implements HandlerMethodArgumentResolver {

	private final Class<T> type;

	private final BiFunction<HttpServletRequest, HttpServletResponse, T> reader;

	RequestArgument(Class<T> type, Function<HttpServletRequest, T> reader) {
		this(type, (request, response) -> reader.apply(request));
	}

	/**
	 * One of which the answer says something.
	 */
	RequestArgument(Class<T> type, BiFunction<HttpServletRequest, HttpServletResponse, T> reader) {
		this.type = type;
		this.reader = reader;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == this.type;
	}

	@Override
	public T resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binders) {
		return this.reader.apply(Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)),
				Objects.requireNonNull(request.getNativeResponse(HttpServletResponse.class)));
	}

}
