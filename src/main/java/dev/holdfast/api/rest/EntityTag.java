package dev.holdfast.api.rest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The entity tag of a JSON resource (RFC 9110, 8.8.3). It has two parts: one for what a
 * client can declare, and one for what the service says besides, such as state and use.
 * All of it decides whether what a client has is what it would get. Only the first
 * decides whether a client's change is based on what is there: progress does not stand in
 * its way.
 *
 * @param weak whether it has {@code W/} before it
 * @param opaque what stands between the quotation marks
 */
record EntityTag(boolean weak, String opaque) {

	private static final char SEPARATOR = '.';

	private static final int DIGEST_BYTES = 12;

	/**
	 * The tag of a resource whose text is the same as long as it is.
	 * @param declared what a client can change, identity included
	 * @param shown all that an answer says
	 */
	static EntityTag of(Object[] declared, Object shown) {
		return new EntityTag(false, digest(Arrays.toString(declared)) + SEPARATOR + digest(shown.toString()));
	}

	private static String digest(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java has SHA-256", ex);
		}
	}

	/**
	 * Whether a change based on the other one is based on this: the strong comparison, of
	 * what can be changed.
	 */
	boolean isBaseOf(EntityTag other) {
		return !this.weak && !other.weak && declared().equals(other.declared());
	}

	/**
	 * The weak comparison.
	 */
	boolean isSame(EntityTag other) {
		return this.opaque.equals(other.opaque);
	}

	private String declared() {
		int end = this.opaque.indexOf(SEPARATOR);
		return (end < 0) ? this.opaque : this.opaque.substring(0, end);
	}

	/**
	 * As in the header.
	 */
	@Override
	public String toString() {
		return (this.weak ? "W/\"" : "\"") + this.opaque + '"';
	}

}
