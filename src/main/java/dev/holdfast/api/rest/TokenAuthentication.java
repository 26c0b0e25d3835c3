package dev.holdfast.api.rest;

import java.util.List;

import dev.holdfast.tenant.Identity;

import org.springframework.security.authentication.AbstractAuthenticationToken;

/**
 * A caller whose token was good. The token itself is not kept.
 */
final class TokenAuthentication extends AbstractAuthenticationToken {

	private static final long serialVersionUID = 1L;

	private final transient Identity identity;

	TokenAuthentication(Identity identity) {
		super(List.of());
		this.identity = identity;
		setAuthenticated(true);
	}

	@Override
	public Object getCredentials() {
		return "";
	}

	@Override
	public Identity getPrincipal() {
		return this.identity;
	}

}
