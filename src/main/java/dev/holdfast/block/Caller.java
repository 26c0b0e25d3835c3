package dev.holdfast.block;

/**
 * Who waits for a transfer. Asked by the thread that does it.
 */
public interface Caller {

	/** Waits as long as it takes. */
	Caller PATIENT = new Caller() {

		@Override
		public long deadline() {
			return Long.MAX_VALUE;
		}

		@Override
		public boolean isGone() {
			return false;
		}

	};

	/**
	 * When it waits no longer, whatever for. It may move on while bytes come from or go
	 * to the caller, which is not our time.
	 * @return in terms of {@link System#nanoTime()}, {@link Long#MAX_VALUE} for never
	 */
	long deadline();

	/**
	 * Whether there is nobody any more who would take the answer. Asked now and then
	 * while a drive is waited for; what waits is given up then. Must not block.
	 */
	boolean isGone();

}
