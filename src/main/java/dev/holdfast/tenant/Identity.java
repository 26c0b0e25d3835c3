package dev.holdfast.tenant;

import java.time.Instant;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as their token says.
 *
 * @param tokenId the public part of the token
 * @param tokenName what the administrator called it
 * @param role what the token is for
 * @param tenant whose it is; {@code null} for an administrator's
 * @param expiresAt when it ends, or {@code null} if it does not
 */
public record Identity(String tokenId, String tokenName, Role role, @Nullable String tenant,
		@Nullable Instant expiresAt) {

	/**
	 * Refuses what this identity may not do with a tenant. Nothing is looked up: another
	 * tenant is "not found" whether it exists or not.
	 * @param right what is wanted
	 * @param tenant with whose things
	 * @throws ProblemException {@link Problem#NOT_FOUND} or {@link Problem#FORBIDDEN}
	 */
	public void require(Right right, String tenant) {
		if (!sees(tenant)) {
			throw notFound();
		}
		require(right);
	}

	/**
	 * Whether something is there at all, for this identity: an administrator sees all,
	 * others what their tenant has.
	 * @param owner a tenant, or {@code null} for what only administrators see
	 * @return {@code false} if it must look as if it did not exist
	 */
	public boolean sees(@Nullable String owner) {
		return this.tenant == null || this.tenant.equals(owner);
	}

	/**
	 * Refuses what this identity may not do anywhere.
	 * @param right what is wanted
	 * @throws ProblemException {@link Problem#FORBIDDEN}
	 */
	public void require(Right right) {
		if (!this.role.may(right)) {
			throw new ProblemException(Problem.FORBIDDEN, "A token of role %s may not do this".formatted(role.label()));
		}
	}

	static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no such thing here");
	}

}
