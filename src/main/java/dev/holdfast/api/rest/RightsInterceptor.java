package dev.holdfast.api.rest;

import java.util.Map;

import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Tenants;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Asks whether the caller may, before anything is read of the body and before anything is
 * looked up.
 */
final class RightsInterceptor implements HandlerInterceptor {

	private final Tenants tenants;

	private final AuditTrail trail;

	RightsInterceptor(Tenants tenants, AuditTrail trail) {
		this.tenants = tenants;
		this.trail = trail;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		Needs needs = (handler instanceof HandlerMethod method) ? method.getMethodAnnotation(Needs.class) : null;
		if (needs == null) {
			return true;
		}
		Identity caller = caller();
		if (needs.value() == Right.ADMINISTER) {
			requireAdministrator(caller, request);
			return true;
		}
		if (!needs.inTenant()) {
			caller.require(needs.value());
			return true;
		}
		String tenant = tenant(request);
		caller.require(needs.value(), tenant);
		this.tenants.require(tenant);
		return true;
	}

	/** Whatever an administrator is refused is recorded with the answer. */
	private void requireAdministrator(Identity caller, HttpServletRequest request) {
		try {
			caller.require(Right.ADMINISTER);
		}
		catch (ProblemException ex) {
			this.trail.forbidden(caller, request);
			throw ex;
		}
	}

	private static Identity caller() {
		if (SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication authentication) {
			return authentication.getPrincipal();
		}
		throw new IllegalStateException("the filter lets nobody in without a token");
	}

	private static String tenant(HttpServletRequest request) {
		if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
				&& variables.get("tenant") instanceof String tenant) {
			return tenant;
		}
		throw new IllegalStateException("the path of a tenant's resource names the tenant");
	}

}
