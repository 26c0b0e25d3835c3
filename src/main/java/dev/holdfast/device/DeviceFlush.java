package dev.holdfast.device;

import java.io.IOException;

/**
 * Makes durable what was answered.
 */
@FunctionalInterface
interface DeviceFlush {

	void run() throws IOException;

}
