package dev.holdfast.block;

import dev.holdfast.buffer.Lease;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;

/**
 * A lease of staging memory.
 *
 * @param lease whose memory it is
 */
record StagingMemory(Lease lease) implements IoMemory {

	@Override
	public long offset() {
		return this.lease.offset();
	}

	@Override
	public IoBuffer via(Device device) {
		return this.lease.buffer();
	}

	@Override
	public IoBuffer instead(Device device, IoBuffer refused) {
		throw new ProblemException(Problem.OVERLOADED, "The service is stopping");
	}

	@Override
	public void close() {
		this.lease.close();
	}

	@Override
	public void closeSoon() {
		Thread.ofVirtual().name("holdfast-late-lease").start(this::close);
	}

}
