package dev.holdfast.api.rest;

import java.util.Locale;
import java.util.Map;

import dev.holdfast.contract.Problem;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;

/**
 * What can go wrong, as HTTP says it: each {@link Problem}, and what only HTTP has.
 */
enum ProblemType {

	MALFORMED_REQUEST(400, "Malformed request", "The request is not in the form that is documented."),
	UNKNOWN_FIELD(400, "Unknown field",
			"The request has a field or a parameter that this release does not know; it would be ignored."),
	UNALIGNED_RANGE(400, "Unaligned range", "Offset and length by reference are multiples of the block size."),
	LENGTH_MISMATCH(400, "Length mismatch", "The body is shorter or longer than was announced."),
	DIGEST_MISMATCH(400, "Digest mismatch", "The body does not have the digest that came with it."),
	BAD_NAME(400, "Bad name", "A name has 1 to 63 lower-case letters, digits and hyphens, none at the ends."),
	UNAUTHENTICATED(401, "Unauthenticated", "A valid token is needed, as Bearer or as the password of Basic."),
	FORBIDDEN(403, "Forbidden", "The token's role does not allow this."),
	PREMAP_NOT_PERMITTED(403, "Premapping not permitted", "The tenant has no allowance for premapped memory."),
	QUOTA_EXCEEDED(403, "Quota exceeded", "The tenant's quota does not allow this much."),
	NOT_FOUND(404, "Not found", "It does not exist, or it belongs to someone else."),
	METHOD_NOT_ALLOWED(405, "Method not allowed", "The header Allow lists what this resource understands."),
	NOT_ACCEPTABLE(406, "Not acceptable", "The answer has none of the forms that were asked for."),
	REQUEST_TIMEOUT(408, "Request time-out", "The body stopped coming, or came too slowly."),
	ALREADY_EXISTS(409, "Already exists", "The name is taken by something with another declaration."),
	ALREADY_MAPPED(409, "Already mapped", "The buffer is mapped to this volume already."),
	REGION_IN_FLIGHT(409, "Region in flight", "An operation is still using that memory."),
	LEASE_LOST(409, "Lease lost", "Another holder has the lease now, or none was shown."),
	IN_USE(409, "In use", "Something else still needs it."),
	FOREIGN_SIGNATURE(409, "Foreign signature", "The device holds something that is not Holdfast's."),
	DEVICE_NOT_ONLINE(409, "Device not online", "The device is away or suspended."),
	STALE_MAPPING(409, "Stale mapping", "The device came back since the mapping was made."),
	PRECONDITION_FAILED(412, "Precondition failed", "A condition in the request's headers does not hold."),
	TOO_LARGE(413, "Too large", "It is more than the limit that the answer names."),
	URI_TOO_LONG(414, "URI too long", "The request's target is longer than the server reads."),
	UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", "The body is in a form that this resource does not read."),
	RANGE_NOT_SATISFIABLE(416, "Range not satisfiable", "The range is malformed or outside of the volume."),
	EXPECTATION_FAILED(417, "Expectation failed", "The only expectation that can be met is 100-continue."),
	NOT_SUPPORTED(422, "Not supported", "This cannot be done here; the answer says by what."),
	NOT_ATTEMPTED(424, "Not attempted", "An operation before it in an ordered batch failed."),
	RATE_LIMITED(429, "Rate limited", "Too many requests; try again after Retry-After."),
	HEADERS_TOO_LARGE(431, "Headers too large", "The request's headers are larger than the server reads."),
	INTERNAL_ERROR(500, "Internal error", "A fault of the service; its log has the request's id."),
	IO_ERROR(500, "I/O error", "The device failed the operation."),
	WRITE_LOSS_POSSIBLE(500, "Write loss possible", "The device left with writes that were not durable yet."),
	NOT_IMPLEMENTED(501, "Not implemented", "The server does not know how to do this."),
	OVERLOADED(503, "Overloaded", "There is no room for more work at the moment; try again."),
	DEVICE_SUSPENDED(503, "Device suspended", "The device is away and as much as may wait for it is waiting."),
	DEVICE_LOST(503, "Device lost", "The device is away."),
	DEADLINE_EXCEEDED(504, "Deadline exceeded",
			"No answer in time; unless outcome is not-done a write may still happen."),
	VERSION_NOT_SUPPORTED(505, "HTTP version not supported", "Speak HTTP/1.1."),
	NO_SPACE(507, "No space", "No device has enough free space.");

	private final int status;

	private final String title;

	private final String explanation;

	private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

	ProblemType(int status, String title, String explanation) {
		this.status = status;
		this.title = title;
		this.explanation = explanation;
	}

	static ProblemType of(Problem problem) {
		return valueOf(problem.name());
	}

	/** The type that a problem was made of. */
	static ProblemType ofProblem(ProblemDetail problem) {
		Map<String, Object> properties = problem.getProperties();
		ProblemType type = (properties != null) ? ofCode(String.valueOf(properties.get("code"))) : null;
		return (type != null) ? type : ofStatus(problem.getStatus());
	}

	/**
	 * The type of what only a status is known of: the framework's and the container's own
	 * refusals.
	 */
	static ProblemType ofStatus(int status) {
		return switch (status) {
			case 400 -> MALFORMED_REQUEST;
			case 401 -> UNAUTHENTICATED;
			case 403 -> FORBIDDEN;
			case 503 -> OVERLOADED;
			case 504 -> DEADLINE_EXCEEDED;
			default -> onlyOne(status);
		};
	}

	private static ProblemType onlyOne(int status) {
		for (ProblemType type : values()) {
			if (type.status == status) {
				return type;
			}
		}
		return (status < 500) ? MALFORMED_REQUEST : INTERNAL_ERROR;
	}

	static @Nullable ProblemType ofCode(String code) {
		for (ProblemType type : values()) {
			if (type.code.equals(code)) {
				return type;
			}
		}
		return null;
	}

	/**
	 * Whether the same request may succeed a little later.
	 */
	boolean retryable() {
		return this.status == 429 || this.status == 503;
	}

	int status() {
		return this.status;
	}

	String title() {
		return this.title;
	}

	String explanation() {
		return this.explanation;
	}

	String code() {
		return this.code;
	}

}
