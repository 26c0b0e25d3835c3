package dev.holdfast.api.rest;

import java.util.HashSet;
import java.util.Set;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.Quotas;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a tenant.
 *
 * @param capacityBytes bytes of all its volumes together, or a string with a unit;
 * nothing if only the devices limit them
 * @param registeredBytes of all its buffers together; nothing if only the process limits
 * them
 * @param premappedBytes of its buffers mapped to devices; 0, which it is unless declared,
 * if it may not premap
 * @param buffers how many; 1,000 unless declared
 * @param mappings how many; 10,000 unless declared
 * @param iops operations a second; nothing if only the devices limit them
 * @param bytesPerSecond read and written; nothing if only the devices limit them
 */
record TenantRequest(@Nullable ByteSize capacityBytes, @Nullable ByteSize registeredBytes,
		@Nullable ByteSize premappedBytes, @Nullable @Schema(minimum = "0") Long buffers,
		@Nullable @Schema(minimum = "0") Long mappings,
		@Nullable @Schema(minimum = "1", maximum = "1000000000") Long iops, @Nullable ByteSize bytesPerSecond) {

	private static final long MOST_IOPS = 1_000_000_000;

	private static final long LEAST_BYTES = 64L << 10;

	private static final long MOST_BYTES = 512L << 30;

	Quotas quotas() {
		return new Quotas(bytes(this.capacityBytes), bytes(this.registeredBytes), bytes(this.premappedBytes),
				count("buffers", this.buffers), count("mappings", this.mappings), operations(this.iops),
				rate(bytes(this.bytesPerSecond)));
	}

	private static @Nullable Long operations(@Nullable Long iops) {
		if (iops != null && (iops < 1 || iops > MOST_IOPS)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "iops is a number from 1 to " + MOST_IOPS);
		}
		return iops;
	}

	/** A piece of a stream must not take minutes. */
	private static @Nullable Long rate(@Nullable Long bytes) {
		if (bytes != null && (bytes < LEAST_BYTES || bytes > MOST_BYTES)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					"bytesPerSecond is from %s to %s".formatted(new ByteSize(LEAST_BYTES), new ByteSize(MOST_BYTES)));
		}
		return bytes;
	}

	private static @Nullable Long bytes(@Nullable ByteSize size) {
		return (size != null) ? size.bytes() : null;
	}

	private static @Nullable Long count(String name, @Nullable Long count) {
		if (count != null && (count < 0 || count > ByteSize.MAX_BYTES)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, name + " is a number, 0 or more");
		}
		return count;
	}

	/**
	 * The body of a change of a tenant, by RFC 7386: what is not there stays, and null is
	 * as if it had not been declared.
	 */
	@Schema(name = "TenantChange")
	static final class Change {

		private @Nullable ByteSize capacityBytes;

		private @Nullable ByteSize registeredBytes;

		private @Nullable ByteSize premappedBytes;

		private @Nullable Long buffers;

		private @Nullable Long mappings;

		private @Nullable Long iops;

		private @Nullable ByteSize bytesPerSecond;

		private final Set<String> changed = new HashSet<>();

		public void setCapacityBytes(@Nullable ByteSize size) {
			this.capacityBytes = size;
			this.changed.add("capacityBytes");
		}

		public void setRegisteredBytes(@Nullable ByteSize size) {
			this.registeredBytes = size;
			this.changed.add("registeredBytes");
		}

		public void setPremappedBytes(@Nullable ByteSize size) {
			this.premappedBytes = size;
			this.changed.add("premappedBytes");
		}

		public void setBuffers(@Nullable Long count) {
			this.buffers = count;
			this.changed.add("buffers");
		}

		public void setMappings(@Nullable Long count) {
			this.mappings = count;
			this.changed.add("mappings");
		}

		public void setIops(@Nullable Long operations) {
			this.iops = operations;
			this.changed.add("iops");
		}

		public void setBytesPerSecond(@Nullable ByteSize size) {
			this.bytesPerSecond = size;
			this.changed.add("bytesPerSecond");
		}

		Quotas of(Quotas before) {
			Quotas asked = new TenantRequest(this.capacityBytes, this.registeredBytes, this.premappedBytes,
					this.buffers, this.mappings, this.iops, this.bytesPerSecond)
				.quotas();
			return new Quotas(either("capacityBytes", asked.capacityBytes(), before.capacityBytes()),
					either("registeredBytes", asked.registeredBytes(), before.registeredBytes()),
					either("premappedBytes", asked.premappedBytes(), before.premappedBytes()),
					either("buffers", asked.buffers(), before.buffers()),
					either("mappings", asked.mappings(), before.mappings()),
					either("iops", asked.iops(), before.iops()),
					either("bytesPerSecond", asked.bytesPerSecond(), before.bytesPerSecond()));
		}

		private @Nullable Long either(String name, @Nullable Long asked, @Nullable Long before) {
			return this.changed.contains(name) ? asked : before;
		}

	}

}
