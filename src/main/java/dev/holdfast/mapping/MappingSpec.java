package dev.holdfast.mapping;

/**
 * What a tenant declares of a mapping.
 *
 * @param tier that it asks for
 * @param onStale what becomes of I/O while it is not made
 */
public record MappingSpec(TierChoice tier, OnStale onStale) {

	/** The best tier, and no I/O ever fails for it. */
	public static final MappingSpec DEFAULT = new MappingSpec(TierChoice.AUTO, OnStale.FALLBACK);

}
