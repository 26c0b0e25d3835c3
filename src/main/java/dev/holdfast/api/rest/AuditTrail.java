package dev.holdfast.api.rest;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.audit.AuditEvent;
import dev.holdfast.audit.AuditLog;
import dev.holdfast.tenant.Identity;
import io.github.bucket4j.Bucket;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

/**
 * Records what comes in by HTTP. Strangers, who have no good token, are recorded a few
 * times a second all together; how many were left out is said by the next that is
 * recorded.
 */
@Component
class AuditTrail {

	private static final int STRANGERS_A_SECOND = 20;

	private final AuditLog audit;

	private final Bucket strangers = Bucket.builder()
		.addLimit((limit) -> limit.capacity(STRANGERS_A_SECOND).refillGreedy(STRANGERS_A_SECOND, Duration.ofSeconds(1)))
		.build();

	private final AtomicLong omitted = new AtomicLong();

	AuditTrail(AuditLog audit) {
		this.audit = audit;
	}

	/**
	 * Records a request of somebody who is known, with its result.
	 * @return {@code false} if it is logged only
	 */
	boolean answered(Identity caller, HttpServletRequest request, int status) {
		return record(caller.tokenId(), request, result(status, request));
	}

	/**
	 * Records that somebody who is known may not administer.
	 */
	void forbidden(Identity caller, HttpServletRequest request) {
		record(caller.tokenId(), request, result(ProblemType.FORBIDDEN));
	}

	/**
	 * Records that somebody who is not known may not administer.
	 */
	void unauthenticated(HttpServletRequest request) {
		if (!this.strangers.tryConsume(1)) {
			this.omitted.incrementAndGet();
			return;
		}
		long more = this.omitted.getAndSet(0);
		String result = result(ProblemType.UNAUTHENTICATED);
		record(null, request, (more > 0) ? "%s, and %d more that were not recorded".formatted(result, more) : result);
	}

	private boolean record(@Nullable String tokenId, HttpServletRequest request, String result) {
		AuditedRequest audited = AuditedRequest.of(request);
		return this.audit.record(new AuditEvent(tokenId, request.getRemoteAddr(), audited.action(), audited.object(),
				result, RequestId.of(request)));
	}

	private static String result(ProblemType type) {
		return type.status() + " " + type.code();
	}

	private static String result(int status, HttpServletRequest request) {
		if (ExchangeValve.isBroken(request)) {
			return "not answered";
		}
		if (status >= 400 && request.getAttribute(ProblemAnswer.ATTRIBUTE) instanceof ProblemDetail problem) {
			Map<String, Object> properties = problem.getProperties();
			return (properties != null) ? status + " " + properties.get("code") : String.valueOf(status);
		}
		return String.valueOf(status);
	}

}
