package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Records whatever an administrator changes, or is refused, before it is answered: the
 * answer is held until the record is durable. Such answers are small, since
 * administrators read nobody's bytes. If the catalog cannot keep the record, what was
 * done is done: the answer says that by a header.
 */
final class AuditFilter extends OncePerRequestFilter {

	static final String HEADER = "Holdfast-Audit";

	private final AuditTrail trail;

	AuditFilter(AuditTrail trail) {
		this.trail = trail;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!(SecurityContextHolder.getContext().getAuthentication() instanceof TokenAuthentication authentication)
				|| authentication.getPrincipal().role() != Role.ADMIN || !AuditedRequest.changes(request)) {
			chain.doFilter(request, response);
			return;
		}
		Identity caller = authentication.getPrincipal();
		ContentCachingResponseWrapper held = new ContentCachingResponseWrapper(response);
		boolean answered = false;
		try {
			chain.doFilter(request, held);
			answered = true;
		}
		finally {
			int status = answered ? held.getStatus() : HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
			if (!this.trail.answered(caller, request, status)) {
				response.setHeader(HEADER, "not-recorded");
			}
		}
		held.copyBodyToResponse();
	}

}
