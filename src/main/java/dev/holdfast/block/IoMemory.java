package dev.holdfast.block;

import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;

/**
 * Memory that operations name, until it is given back.
 */
interface IoMemory {

	/**
	 * Where in what operations name it begins.
	 * @return bytes
	 */
	long offset();

	/**
	 * What an operation on a device names.
	 * @throws ProblemException if there is to be no such operation now
	 */
	IoBuffer via(Device device);

	/**
	 * What it names after the engine took {@link #via} no more.
	 * @param refused what it named
	 * @throws ProblemException if there is nothing else
	 */
	IoBuffer instead(Device device, IoBuffer refused);

	/**
	 * Gives it back. Once, after the kernel is done with it.
	 */
	void close();

	/**
	 * The same for threads that must not block.
	 */
	void closeSoon();

}
