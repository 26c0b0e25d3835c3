package dev.holdfast.api.rest;

import java.util.List;
import java.util.Objects;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.volume.VolumeSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a volume.
 *
 * @param sizeBytes bytes, or a string with a unit
 * @param blockSize 4096 unless another is asked for
 * @param layout {@code linear} unless {@code striped} is asked for
 * @param stripeBytes width of a stripe
 * @param devices names of the devices to use; for administrators
 */
record VolumeRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ByteSize sizeBytes,
		@Schema(allowableValues = {
				"512", "4096" }) @Nullable Integer blockSize,
		@OneOf(VolumeRecord.Layout.class) @Nullable String layout, @Nullable ByteSize stripeBytes,
		@Nullable List<String> devices){

	VolumeSpec spec(boolean administrator) {
		if (this.sizeBytes == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "sizeBytes is needed, such as 1048576 or \"1MiB\"");
		}
		if (this.devices != null && !administrator) {
			throw new ProblemException(Problem.FORBIDDEN, "Only an administrator may name devices");
		}
		if (this.devices != null && this.devices.stream().anyMatch(Objects::isNull)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "devices are names, such as [\"nvme0\"]");
		}
		return new VolumeSpec(this.sizeBytes.bytes(), this.blockSize, layout(this.layout), stripe(this.stripeBytes),
				(this.devices != null) ? this.devices : List.of());
	}

	private static VolumeRecord.@Nullable Layout layout(@Nullable String label) {
		if (label == null) {
			return null;
		}
		for (VolumeRecord.Layout layout : VolumeRecord.Layout.values()) {
			if (layout.label().equals(label)) {
				return layout;
			}
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "layout is linear or striped");
	}

	private static @Nullable Integer stripe(@Nullable ByteSize size) {
		return (size != null) ? (int) Math.min(size.bytes(), Integer.MAX_VALUE) : null;
	}

	/**
	 * The body of a change of a volume.
	 *
	 * @param sizeBytes bytes, or a string with a unit; not less than it has
	 */
	@Schema(name = "VolumeChange")
	record Change(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ByteSize sizeBytes) {

	}

}
