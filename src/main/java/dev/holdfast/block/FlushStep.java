package dev.holdfast.block;

import java.util.UUID;

/**
 * A flush of all devices under the volume.
 */
final class FlushStep implements BatchStep {

	private final Dispatch dispatch;

	private final PossibleLosses losses;

	private final UUID volume;

	private long begun;

	FlushStep(Dispatch dispatch, PossibleLosses losses, UUID volume) {
		this.dispatch = dispatch;
		this.losses = losses;
		this.volume = volume;
	}

	@Override
	public void start() {
		this.begun = this.losses.begin(this.volume);
		this.dispatch.flush();
		this.dispatch.noMore();
	}

	@Override
	public long finish(Tally tally) throws IncompleteException {
		this.dispatch.await(tally);
		this.losses.settle(this.volume, this.begun);
		return 0;
	}

	@Override
	public void close() {
		this.dispatch.close();
	}

}
