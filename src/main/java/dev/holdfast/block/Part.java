package dev.holdfast.block;

import dev.holdfast.device.HeldIo;

/**
 * A part of a transfer that goes to one device, or that zeroes, discards or flushes: what
 * is done again if its device was away.
 */
final class Part {

	final PendingIo io;

	/** How much of the volume it is, in bytes. */
	final long length;

	private final Again again;

	/**
	 * A part.
	 * @param length how much of the volume it is, in bytes
	 * @param again does it anew, wherever its blocks are by then
	 */
	Part(PendingIo io, long length, Again again) {
		this.io = io;
		this.length = length;
		this.again = again;
	}

	void again(Dispatch dispatch) {
		this.again.on(dispatch);
	}

	/**
	 * What overlaps it waits for it no longer, if it was held.
	 */
	void letGoOfTurn() {
		HeldIo held = this.io.held();
		if (held != null) {
			held.close();
		}
	}

	/**
	 * Starts something once more.
	 */
	@FunctionalInterface
	interface Again {

		void on(Dispatch dispatch);

	}

}
