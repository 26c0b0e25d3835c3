package dev.holdfast.block;

import dev.holdfast.buffer.Region;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.Tier;
import dev.holdfast.mapping.Route;

/**
 * A region of a tenant's buffer, which gets to each device in the best tier that its
 * mapping has at that moment.
 *
 * @param region that is taken
 * @param offset where in the buffer it begins
 * @param route from the buffer to the volume
 */
record RegionMemory(Region region, long offset, Route route) implements IoMemory {

	@Override
	public IoBuffer via(Device device) {
		return this.route.via(device);
	}

	/** Only what is premapped comes and goes while the buffer stays. */
	@Override
	public IoBuffer instead(Device device, IoBuffer refused) {
		if (refused.tier() != Tier.DMA) {
			throw new ProblemException(Problem.NOT_FOUND,
					"The buffer %s was deleted before the operation began".formatted(this.route.buffer().key().name()));
		}
		return this.route.instead(device);
	}

	@Override
	public void close() {
		this.region.close();
	}

	/** Nobody has a region's lock for long. */
	@Override
	public void closeSoon() {
		close();
	}

}
