package dev.holdfast.audit;

import org.jspecify.annotations.Nullable;

/**
 * Something that somebody did, or was refused.
 *
 * @param tokenId the public part of the token, or {@code null} if there was none that is
 * good
 * @param remoteAddress where the request came from, or {@code null} if it was none
 * @param action such as {@code put}, {@code delete}
 * @param object what it was done to, such as {@code tenants/acme}
 * @param result a status and the name of a problem, or {@code done}
 * @param requestId of the answer, if there is one
 */
public record AuditEvent(@Nullable String tokenId, @Nullable String remoteAddress, String action, String object,
		String result, @Nullable String requestId) {

	/**
	 * Something that the service, or its operator on this machine, did without a request.
	 * @param action what
	 * @param object to what
	 * @return with the result {@code done}
	 */
	public static AuditEvent local(String action, String object) {
		return new AuditEvent(null, null, action, object, "done", null);
	}

}
