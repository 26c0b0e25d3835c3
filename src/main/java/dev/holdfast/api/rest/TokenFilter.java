package dev.holdfast.api.rest;

import java.io.IOException;
import java.util.Optional;

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
 * Finds out who is asking. Whatever is wrong with a token, the answer is the same.
 */
final class TokenFilter extends OncePerRequestFilter {

	private final Tokens tokens;

	private final AuthenticationEntryPoint refusal;

	TokenFilter(Tokens tokens, AuthenticationEntryPoint refusal) {
		this.tokens = tokens;
		this.refusal = refusal;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (Credentials.arePresent(request)) {
			Optional<Identity> identity = Optional.ofNullable(Credentials.token(request))
				.flatMap(this.tokens::authenticate);
			if (identity.isEmpty()) {
				this.refusal.commence(request, response, new BadCredentialsException("not a valid token"));
				return;
			}
			SecurityContext context = SecurityContextHolder.createEmptyContext();
			context.setAuthentication(new TokenAuthentication(identity.get()));
			SecurityContextHolder.setContext(context);
		}
		chain.doFilter(request, response);
	}

}
