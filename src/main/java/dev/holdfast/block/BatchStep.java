package dev.holdfast.block;

import dev.holdfast.contract.ProblemException;

/**
 * An operation of a batch: what it needs is taken, it is started, awaited and closed, by
 * one thread.
 */
interface BatchStep extends AutoCloseable {

	/**
	 * Starts it, and does not wait for it.
	 * @throws ProblemException if it could not be started
	 */
	void start();

	/**
	 * Waits for it.
	 * @param tally to add it to
	 * @return bytes moved
	 * @throws IncompleteException if not all of it was done
	 */
	long finish(Tally tally) throws IncompleteException;

	@Override
	void close();

}
