package dev.holdfast.mapping;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * How I/O with one buffer gets to the devices of one volume, or of all. The tier is
 * chosen here, at dispatch, for this buffer and this generation of the device (mapping
 * contract, rule 1). A tenant's mapping does not end before the route is closed (rule 9).
 */
public final class Route implements AutoCloseable {

	private final BufferHandle buffer;

	private final @Nullable Mapping mapping;

	private final Fallbacks fallbacks;

	Route(BufferHandle buffer, @Nullable Mapping mapping, Fallbacks fallbacks) {
		this.buffer = buffer;
		this.mapping = mapping;
		this.fallbacks = fallbacks;
	}

	public BufferHandle buffer() {
		return this.buffer;
	}

	/**
	 * What an operation names.
	 * @param device that it is for
	 * @return the buffer in the best tier that is made
	 * @throws ProblemException {@link Problem#STALE_MAPPING} if the tenant wants that
	 * rather than a lower tier
	 */
	public IoBuffer via(Device device) {
		Mapping present = this.mapping;
		if (present == null) {
			this.fallbacks.count(device.name(), Reason.Code.NOT_MAPPED);
			return this.buffer.io();
		}
		Member member = present.member(device.uuid());
		IoBuffer target = (member != null) ? member.use(device.generation()) : null;
		return (target != null) ? target : fallback(present, member, device);
	}

	/**
	 * What an operation names whose first choice was taken away before it was handed
	 * over. Only what is premapped comes and goes while the buffer stays.
	 * @param refused what it named
	 * @throws ProblemException {@link Problem#NOT_FOUND} if the buffer itself is gone
	 */
	public IoBuffer instead(Device device, IoBuffer refused) {
		if (refused.tier() != Tier.DMA) {
			throw gone();
		}
		Mapping present = this.mapping;
		Member member = (present != null) ? present.member(device.uuid()) : null;
		if (member != null) {
			member.fellBack();
		}
		this.fallbacks.count(device.name(), Reason.Code.DEMOTED);
		return this.buffer.io();
	}

	private ProblemException gone() {
		return this.buffer.key().ofSystem() ? new ProblemException(Problem.OVERLOADED, "The service is stopping")
				: new ProblemException(Problem.NOT_FOUND,
						"The buffer %s was deleted before the operation began".formatted(this.buffer.key().name()));
	}

	/**
	 * The I/O has ended. Does not block: it may be on a thread of the engine. That of the
	 * service's own memory is never closed.
	 */
	@Override
	public void close() {
		Mapping present = this.mapping;
		if (present != null && !this.buffer.key().ofSystem()) {
			present.uses.release();
		}
	}

	private IoBuffer fallback(Mapping present, @Nullable Member member, Device device) {
		Reason.Code reason = (member != null && member.form().state() == MemberState.STALE) ? Reason.Code.STALE
				: Reason.Code.PENDING;
		if (present.spec().onStale() == OnStale.FAIL) {
			throw new ProblemException(Problem.STALE_MAPPING,
					"The mapping of buffer %s to device %s is not made: remap, or map with onStale: fallback"
						.formatted(this.buffer.key().name(), device.name()));
		}
		this.fallbacks.count(device.name(), reason);
		return this.buffer.io();
	}

}
