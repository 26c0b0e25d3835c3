package dev.holdfast.tenant;

import java.time.Instant;

/**
 * What is kept of a token.
 *
 * @param id its public part
 * @param spec what was declared
 * @param hash SHA-256 of the secret in hexadecimal
 * @param createdAt when it was made
 * @param lastUse when it was used last
 */
record TokenRecord(String id, TokenSpec spec, String hash, Instant createdAt, LastUse lastUse) {

	Identity identity() {
		return new Identity(this.id, this.spec.name(), this.spec.role(), this.spec.tenant(), this.spec.expiresAt());
	}

	TokenStatus status() {
		Instant used = this.lastUse.at();
		// The minute may have begun before.
		return new TokenStatus(this.id, this.spec, this.createdAt,
				(used != null && used.isBefore(this.createdAt)) ? this.createdAt : used);
	}

	TokenRecord declaredAs(TokenSpec other) {
		return new TokenRecord(this.id, other, this.hash, this.createdAt, this.lastUse);
	}

	boolean expired(Instant now) {
		Instant end = this.spec.expiresAt();
		return end != null && !now.isBefore(end);
	}

}
