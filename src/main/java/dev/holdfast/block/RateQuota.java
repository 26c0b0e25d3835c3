package dev.holdfast.block;

/**
 * What tenants' rates are.
 */
@FunctionalInterface
public interface RateQuota {

	/**
	 * What holds now.
	 * @param tenant whose
	 */
	Rate rate(String tenant);

}
