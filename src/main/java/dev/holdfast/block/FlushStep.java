package dev.holdfast.block;

/**
 * A flush of all devices under the volume.
 */
final class FlushStep implements BatchStep {

	private final Dispatch dispatch;

	FlushStep(Dispatch dispatch) {
		this.dispatch = dispatch;
	}

	@Override
	public void start() {
		this.dispatch.flush();
		this.dispatch.noMore();
	}

	@Override
	public long finish(Tally tally) throws IncompleteException {
		this.dispatch.await(tally);
		return 0;
	}

	@Override
	public void close() {
		this.dispatch.close();
	}

}
