package dev.holdfast.block;

import java.util.UUID;

/**
 * A flush of all devices under the volume.
 */
final class FlushStep implements BatchStep {

	private final Dispatch dispatch;

	private final PossibleLosses losses;

	private final UUID volume;

	FlushStep(Dispatch dispatch, PossibleLosses losses, UUID volume) {
		this.dispatch = dispatch;
		this.losses = losses;
		this.volume = volume;
	}

	@Override
	public void start() {
		this.losses.tell(this.volume);
		this.dispatch.flush();
		this.dispatch.noMore();
	}

	@Override
	public long finish(Tally tally) throws IncompleteException {
		try {
			this.dispatch.await(tally);
		}
		catch (IncompleteException ex) {
			this.losses.failed(this.volume, ex.problem());
			throw ex;
		}
		return 0;
	}

	@Override
	public void close() {
		this.dispatch.close();
	}

}
