package dev.holdfast.volume;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a task is to do, as an operation keeps it: either make a volume or grow it.
 *
 * @param tenant whose
 * @param name of the volume
 * @param spec of a new volume
 * @param growTo size in bytes that it is to have
 * @param lease number of the lease that was shown for it; {@code null} in a creation, and
 * in what was begun by a release that knew no leases
 */
record VolumeOrder(String tenant, String name, @Nullable VolumeSpec spec, @Nullable Long growTo, @Nullable Long lease) {

	private static final String CREATE = "create-volume";

	private static final String GROW = "grow-volume";

	static final List<String> KINDS = List.of(CREATE, GROW);

	VolumeKey key() {
		return new VolumeKey(this.tenant, this.name);
	}

	long leaseOrNone() {
		return (this.lease != null) ? this.lease : VolumeLease.NONE;
	}

	String kind() {
		return (this.spec != null) ? CREATE : GROW;
	}

}
