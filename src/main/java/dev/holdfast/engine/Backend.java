package dev.holdfast.engine;

import dev.holdfast.uring.sys.ErrnoException;

/**
 * How a loop gets pieces done: through a ring, or by blocking calls on helper threads.
 * Called by the loop's thread only, but for {@link #wake}.
 */
interface Backend extends AutoCloseable {

	/**
	 * Told of what is done; the backend is made with it.
	 */
	interface Completions {

		/**
		 * A piece is done.
		 * @param userData of the piece
		 * @param result bytes, or a negative errno
		 */
		void completed(long userData, long result);

		/**
		 * The kernel has let go of a descriptor.
		 * @param slot it was in
		 */
		void fileReleased(int slot);

		/**
		 * The kernel has let go of registered memory.
		 * @param slot it was in
		 */
		void bufferReleased(int slot);

	}

	/**
	 * Whether another piece can be queued now.
	 */
	boolean room();

	/**
	 * Queues a piece.
	 */
	void start(Piece piece);

	/**
	 * Asks for an early end of a piece that was started.
	 */
	void cancel(Piece piece);

	/**
	 * Hands over what is queued and reports what is done.
	 * @return pieces reported
	 */
	int poll();

	/**
	 * As {@link #poll()}, but if nothing is done yet waits for a completion, a
	 * {@link #wake} or the time.
	 * @param timeoutNanos how long to wait at most, {@link Long#MAX_VALUE} for ever
	 * @return pieces reported
	 */
	int await(long timeoutNanos);

	/**
	 * Ends a wait. From any thread.
	 */
	void wake();

	/**
	 * Makes a descriptor usable under a slot.
	 */
	void putFile(int slot, DeviceFile file) throws ErrnoException;

	/**
	 * Lets go of a descriptor; {@link Completions#fileReleased} tells when it is done.
	 */
	void clearFile(int slot) throws ErrnoException;

	long enters();

	long submitted();

	long overflows();

	/**
	 * Gives everything back. Nothing may be in flight.
	 */
	@Override
	void close();

}
