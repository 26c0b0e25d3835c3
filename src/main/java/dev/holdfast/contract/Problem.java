package dev.holdfast.contract;

import java.util.Locale;

/**
 * What can go wrong, by the names of the API contract. Which status it becomes is decided
 * in {@code api}.
 */
public enum Problem {

	MALFORMED_REQUEST, UNKNOWN_FIELD, UNALIGNED_RANGE, LENGTH_MISMATCH, DIGEST_MISMATCH, BAD_NAME, UNAUTHENTICATED,
	FORBIDDEN, PREMAP_NOT_PERMITTED, QUOTA_EXCEEDED, NOT_FOUND, REQUEST_TIMEOUT, ALREADY_EXISTS, ALREADY_MAPPED,
	REGION_IN_FLIGHT, LEASE_LOST, IN_USE, FOREIGN_SIGNATURE, DEVICE_NOT_ONLINE, STALE_MAPPING, PRECONDITION_FAILED,
	TOO_LARGE, RANGE_NOT_SATISFIABLE, NOT_SUPPORTED, RATE_LIMITED, IO_ERROR, WRITE_LOSS_POSSIBLE, OVERLOADED,
	DEVICE_SUSPENDED, DEVICE_LOST, DEADLINE_EXCEEDED, NO_SPACE;

	private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

	/**
	 * The name in the API.
	 * @return such as {@code not-found}
	 */
	public String code() {
		return this.code;
	}

}
