package dev.holdfast.tenant;

import java.time.Instant;

/**
 * What is kept of a token.
 *
 * @param id its public part
 * @param spec what was declared
 * @param hash SHA-256 of the secret in hexadecimal
 * @param createdAt when it was made
 */
record TokenRecord(String id, TokenSpec spec, String hash, Instant createdAt) {

	Identity identity() {
		return new Identity(this.id, this.spec.name(), this.spec.role(), this.spec.tenant(), this.spec.expiresAt());
	}

	boolean expired(Instant now) {
		Instant end = this.spec.expiresAt();
		return end != null && !now.isBefore(end);
	}

}
