package dev.holdfast.volume;

import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a volume, as it was asked: what was left out is left out here.
 *
 * @param sizeBytes a positive multiple of the block size
 * @param blockSize 512 or 4096
 * @param layout how its bytes follow each other
 * @param stripeBytes width of a stripe, a power of two from 4 KiB to 4 MiB; only for
 * striped volumes
 * @param devices names of the devices that it may use; empty for any
 */
public record VolumeSpec(long sizeBytes, @Nullable Integer blockSize, VolumeRecord.@Nullable Layout layout,
		@Nullable Integer stripeBytes, List<String> devices) {

	/** The block size unless another is asked for, in bytes. */
	public static final int DEFAULT_BLOCK_SIZE = 4096;

	/** The width of stripes unless another is asked for, in bytes. */
	public static final int DEFAULT_STRIPE_BYTES = 256 << 10;

	private static final int SMALLEST_STRIPE = 4096;

	private static final long SIZE_LIMIT = 1L << 53;

	public VolumeSpec {
		devices = List.copyOf(devices);
		require(blockSize == null || blockSize == 512 || blockSize == DEFAULT_BLOCK_SIZE,
				"blockSize must be 512 or 4096");
		requireSize(sizeBytes, (blockSize != null) ? blockSize : DEFAULT_BLOCK_SIZE);
		if (stripeBytes != null) {
			require(layout == VolumeRecord.Layout.STRIPED, "stripeBytes is for the layout striped");
			require(stripeBytes >= SMALLEST_STRIPE && Geometry.EXTENT_SIZE % stripeBytes == 0,
					"stripeBytes must be a power of two from 4 KiB to 4 MiB");
		}
		require(devices.stream().distinct().count() == devices.size(), "devices names one twice");
	}

	/**
	 * A linear volume.
	 */
	public VolumeSpec(long sizeBytes, int blockSize) {
		this(sizeBytes, blockSize, null, null, List.of());
	}

	/**
	 * A volume with all that is usual.
	 * @param sizeBytes a positive multiple of 4096
	 * @return the specification
	 */
	public static VolumeSpec ofSize(long sizeBytes) {
		return new VolumeSpec(sizeBytes, null, null, null, List.of());
	}

	/**
	 * A striped volume.
	 * @param sizeBytes a positive multiple of 4096
	 * @param stripeBytes width of a stripe
	 * @return the specification
	 */
	public static VolumeSpec striped(long sizeBytes, int stripeBytes) {
		return new VolumeSpec(sizeBytes, null, VolumeRecord.Layout.STRIPED, stripeBytes, List.of());
	}

	/**
	 * All of a volume that came with a device.
	 */
	static VolumeSpec of(Volume volume) {
		return new VolumeSpec(volume.sizeBytes(), volume.blockSize(), volume.layout(),
				(volume.layout() == VolumeRecord.Layout.STRIPED) ? volume.stripeBytes() : null, List.of());
	}

	/**
	 * As it was asked for, in words.
	 */
	String described() {
		StringJoiner text = new StringJoiner(", ");
		text.add("sizeBytes " + this.sizeBytes);
		if (this.blockSize != null) {
			text.add("blockSize " + this.blockSize);
		}
		if (this.layout != null) {
			text.add("layout " + this.layout.label());
		}
		if (this.stripeBytes != null) {
			text.add("stripeBytes " + this.stripeBytes);
		}
		if (!this.devices.isEmpty()) {
			text.add("devices " + String.join(" and ", this.devices));
		}
		return text.toString();
	}

	/**
	 * Refuses a size that no volume has.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	static void requireSize(long sizeBytes, int blockSize) {
		require(sizeBytes > 0 && sizeBytes % blockSize == 0 && sizeBytes < SIZE_LIMIT,
				"sizeBytes must be a positive multiple of %d, below 2^53".formatted(blockSize));
	}

	private static void require(boolean fine, String otherwise) {
		if (!fine) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, otherwise);
		}
	}

	int blockSizeOrDefault() {
		return (this.blockSize != null) ? this.blockSize : DEFAULT_BLOCK_SIZE;
	}

	VolumeRecord.Layout layoutOrDefault() {
		return (this.layout != null) ? this.layout : VolumeRecord.Layout.LINEAR;
	}

	/**
	 * Width of stripes.
	 * @return 0 for a linear volume
	 */
	int stripeBytesOrDefault() {
		if (layoutOrDefault() == VolumeRecord.Layout.LINEAR) {
			return 0;
		}
		return (this.stripeBytes != null) ? this.stripeBytes : DEFAULT_STRIPE_BYTES;
	}

	/**
	 * Whether all is the same that cannot be changed later.
	 */
	boolean sameButSize(VolumeSpec other) {
		return Objects.equals(this.blockSize, other.blockSize) && this.layout == other.layout
				&& Objects.equals(this.stripeBytes, other.stripeBytes) && this.devices.equals(other.devices);
	}

	VolumeSpec ofOtherSize(long newSize) {
		return new VolumeSpec(newSize, this.blockSize, this.layout, this.stripeBytes, this.devices);
	}

}
