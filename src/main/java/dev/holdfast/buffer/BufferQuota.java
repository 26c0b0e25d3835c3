package dev.holdfast.buffer;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * What a tenant may have in buffers.
 */
@FunctionalInterface
public interface BufferQuota {

	/**
	 * Refuses one more buffer.
	 * @param bytes of the new one
	 * @param use what the tenant has already
	 * @throws ProblemException {@link Problem#QUOTA_EXCEEDED}, or
	 * {@link Problem#NOT_FOUND} if there is no such tenant
	 */
	void require(String tenant, long bytes, Buffers.Use use);

}
