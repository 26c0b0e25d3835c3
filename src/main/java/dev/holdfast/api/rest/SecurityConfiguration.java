package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.tenant.FailedAuthentications;
import dev.holdfast.tenant.Tokens;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Who may come in: whoever has a token, and everybody to what a problem means. What a
 * caller may do is asked by the controllers, of the caller's {@code Identity}.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	@Bean
	SecurityFilterChain apiSecurity(HttpSecurity http, Tokens tokens, FailedAuthentications failures,
			AuditTrail trail) {
		AuthenticationEntryPoint refusal = (request, response, ex) -> refuse(request, response, trail);
		http.csrf(AbstractHttpConfigurer::disable)
			.headers(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.authorizeHttpRequests((requests) -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
				.permitAll()
				.requestMatchers("/problems/*")
				.permitAll()
				.anyRequest()
				.authenticated())
			.addFilterBefore(
					new TokenFilter(tokens, failures, refusal,
							(request, response, ex) -> write(ProblemType.RATE_LIMITED, request, response)),
					AnonymousAuthenticationFilter.class)
			.addFilterAfter(new AuditFilter(trail), TokenFilter.class)
			.exceptionHandling((handling) -> handling.authenticationEntryPoint(refusal)
				.accessDeniedHandler((request, response, ex) -> write(ProblemType.FORBIDDEN, request, response)));
		return http.build();
	}

	/** The methods that a route has are the router's to know: it answers 405. */
	@Bean
	StrictHttpFirewall firewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setUnsafeAllowAnyHttpMethod(true);
		return firewall;
	}

	@Bean
	RequestRejectedHandler requestRejectedHandler() {
		return (request, response, ex) -> write(ProblemType.MALFORMED_REQUEST, request, response);
	}

	private static void refuse(HttpServletRequest request, HttpServletResponse response, AuditTrail trail)
			throws IOException {
		if (AuditedRequest.administers(request)) {
			trail.unauthenticated(request);
		}
		response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"");
		response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"holdfast\", charset=\"UTF-8\"");
		write(ProblemType.UNAUTHENTICATED, request, response);
	}

	private static void write(ProblemType type, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		ProblemAnswer.write(ProblemAnswer.of(type, type.explanation(), request), request, response);
	}

}
