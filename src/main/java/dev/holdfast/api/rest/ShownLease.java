package dev.holdfast.api.rest;

import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeLease;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The header {@code Holdfast-Lease}, by which a client shows that it has the volume. A
 * method of a controller that has a parameter of this type gets that of its request.
 *
 * @param number of the lease, or {@link VolumeLease#NONE}
 */
record ShownLease(long number) {

	private static final String HEADER = "Holdfast-Lease";

	private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,15}");

	/**
	 * Reads it.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	static ShownLease of(HttpServletRequest request) {
		List<String> shown = Collections.list(request.getHeaders(HEADER));
		if (shown.isEmpty()) {
			return new ShownLease(VolumeLease.NONE);
		}
		if (shown.size() > 1 || !NUMBER.matcher(shown.getFirst()).matches()) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, HEADER + " is the number of one lease");
		}
		return new ShownLease(Long.parseLong(shown.getFirst()));
	}

	/**
	 * Whether the request has it.
	 */
	boolean isThere() {
		return this.number != VolumeLease.NONE;
	}

}
