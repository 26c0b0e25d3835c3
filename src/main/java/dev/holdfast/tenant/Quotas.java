package dev.holdfast.tenant;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant may have at most, as it was declared.
 *
 * @param capacityBytes of all its volumes together, or {@code null} if only the devices
 * limit them
 * @param registeredBytes of all its buffers together, or {@code null} if only the process
 * limits them
 * @param premappedBytes of its buffers mapped to devices; {@code null} is as 0, by which
 * it may not premap
 * @param buffers how many, or {@code null} for the {@linkplain #BUFFERS default}
 * @param mappings how many, or {@code null} for the {@linkplain #MAPPINGS default}
 * @param iops operations a second, or {@code null} if only the devices limit them
 * @param bytesPerSecond read and written, or {@code null} if only the devices limit them
 */
public record Quotas(@Nullable Long capacityBytes, @Nullable Long registeredBytes, @Nullable Long premappedBytes,
		@Nullable Long buffers, @Nullable Long mappings, @Nullable Long iops, @Nullable Long bytesPerSecond) {

	/** Buffers of a tenant of which nothing else is declared. */
	public static final long BUFFERS = 1_000;

	/** Mappings of a tenant of which nothing else is declared. */
	public static final long MAPPINGS = 10_000;

	/** Nothing declared. */
	public static final Quotas NONE = new Quotas(null);

	/**
	 * A quota of volumes alone.
	 */
	public Quotas(@Nullable Long capacityBytes) {
		this(capacityBytes, null, null, null, null, null, null);
	}

	/**
	 * What holds of buffers' bytes.
	 * @return {@link Long#MAX_VALUE} for no limit
	 */
	public long registeredLimit() {
		return (this.registeredBytes != null) ? this.registeredBytes : Long.MAX_VALUE;
	}

	/**
	 * What holds of premapped bytes.
	 */
	public long premappedLimit() {
		return (this.premappedBytes != null) ? this.premappedBytes : 0;
	}

	/**
	 * How many buffers there may be.
	 */
	public long bufferLimit() {
		return (this.buffers != null) ? this.buffers : BUFFERS;
	}

	/**
	 * How many mappings there may be.
	 */
	public long mappingLimit() {
		return (this.mappings != null) ? this.mappings : MAPPINGS;
	}

}
