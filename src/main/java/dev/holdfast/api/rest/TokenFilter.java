package dev.holdfast.api.rest;

import java.io.IOException;
import java.util.Optional;

import dev.holdfast.tenant.FailedAuthentications;
import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Tokens;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who is asking. Whatever is wrong with a token, the answer is the same, until
 * an address has had too many of them.
 */
final class TokenFilter extends OncePerRequestFilter {

	private final Tokens tokens;

	private final FailedAuthentications failures;

	private final AuthenticationEntryPoint refusal;

	private final AuthenticationEntryPoint limit;

	/**
	 * A filter.
	 * @param refusal answers a token that is not good
	 * @param limit answers it to whoever has shown too many
	 */
	TokenFilter(Tokens tokens, FailedAuthentications failures, AuthenticationEntryPoint refusal,
			AuthenticationEntryPoint limit) {
		this.tokens = tokens;
		this.failures = failures;
		this.refusal = refusal;
		this.limit = limit;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (Credentials.arePresent(request)) {
			Optional<Identity> identity = Optional.ofNullable(Credentials.token(request))
				.flatMap(this.tokens::authenticate);
			if (identity.isEmpty()) {
				AuthenticationEntryPoint answer = this.failures.admit(request.getRemoteAddr()) ? this.refusal
						: this.limit;
				answer.commence(request, response, new BadCredentialsException("not a valid token"));
				return;
			}
			SecurityContext context = SecurityContextHolder.createEmptyContext();
			context.setAuthentication(new TokenAuthentication(identity.get()));
			SecurityContextHolder.setContext(context);
		}
		chain.doFilter(request, response);
	}

}
