package dev.holdfast.block;

import dev.holdfast.buffer.Lease;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Staging memory for one transfer. A short one takes it at once and whole; a long one in
 * portions, and leaves some to the short ones.
 */
final class Memory {

	/** Up to here a transfer is short. */
	private static final int SHORT = 64 << 10;

	private final StagingPool pool;

	private final String tenant;

	private final TransferOptions options;

	private final boolean stream;

	/**
	 * For a transfer.
	 * @param length in bytes, or -1 if it is not known
	 */
	Memory(StagingPool pool, String tenant, TransferOptions options, long length) {
		this.pool = pool;
		this.tenant = tenant;
		this.options = options;
		this.stream = length < 0 || length > SHORT;
	}

	/**
	 * How much to take next.
	 * @return a power of two
	 */
	int portion() {
		return this.stream ? this.pool.portion(this.tenant) : StagingPool.LARGEST_LEASE;
	}

	@Nullable Lease tryTake(int bytes) {
		return this.stream ? this.pool.tryStreamLease(this.tenant, bytes) : this.pool.tryLease(this.tenant, bytes);
	}

	Lease take(int bytes) {
		long deadline = this.options.deadline();
		try {
			return this.stream ? this.pool.streamLease(this.tenant, bytes, deadline)
					: this.pool.lease(this.tenant, bytes, deadline);
		}
		catch (ProblemException ex) {
			throw this.options.told(ex, false);
		}
	}

}
