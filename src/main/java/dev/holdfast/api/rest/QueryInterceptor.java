package dev.holdfast.api.rest;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses parameters that an operation does not have, so that one that was misspelt, such
 * as {@code fua}, is not one that was ignored.
 */
final class QueryInterceptor implements HandlerInterceptor {

	private final Map<Method, List<String>> known = new ConcurrentHashMap<>();

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		String query = request.getQueryString();
		if (query != null && request.getDispatcherType() == DispatcherType.REQUEST
				&& handler instanceof HandlerMethod method
				&& method.getBeanType().getPackage().equals(QueryInterceptor.class.getPackage())) {
			List<String> names = this.known.computeIfAbsent(method.getMethod(), Query::parameters);
			Query.names(query).stream().filter((name) -> !names.contains(name)).findFirst().ifPresent((name) -> {
				throw new ProblemException(Problem.UNKNOWN_FIELD, "There is no parameter %s here%s"
					.formatted(UnreadableBody.quoted(name), names.isEmpty() ? "" : ": " + String.join(", ", names)));
			});
		}
		return true;
	}

}
