package dev.holdfast.mapping;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * What a tenant may have in mappings.
 */
public interface MappingQuota {

	/**
	 * Refuses more mappings.
	 * @param present how many the tenant has
	 * @param more how many are asked for
	 * @throws ProblemException {@link Problem#QUOTA_EXCEEDED}
	 */
	void require(String tenant, int present, int more);

	/**
	 * What a tenant may premap.
	 * @return bytes; 0 if it may not
	 */
	long premappedBytes(String tenant);

}
