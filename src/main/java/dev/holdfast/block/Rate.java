package dev.holdfast.block;

import org.jspecify.annotations.Nullable;

/**
 * How fast a tenant's I/O may be.
 *
 * @param iops operations a second, or {@code null} if that is not limited; one that moves
 * more than 1 MiB counts as several
 * @param bytesPerSecond that are moved, or {@code null} if that is not limited
 */
public record Rate(@Nullable Long iops, @Nullable Long bytesPerSecond) {

	/** As fast as can be. */
	public static final Rate UNLIMITED = new Rate(null, null);

}
