package dev.holdfast.engine;

import java.util.List;

/**
 * What the engine's threads have counted since the start. Counters of one line were read
 * one after the other, so sums may differ by what happened in between.
 *
 * @param devices a line for each attached device, operation and tier that was used
 * @param errors failed operations by device, operation and errno
 * @param rings a line for each ring; empty in engines without
 */
public record EngineStatistics(List<DeviceLine> devices, List<ErrorLine> errors, List<RingLine> rings) {

	/**
	 * Answered operations.
	 *
	 * @param device its name
	 * @param kind of operation
	 * @param tier that was used
	 * @param bytes moved
	 * @param latency from submission to answer
	 */
	public record DeviceLine(String device, IoKind kind, Tier tier, long bytes, LatencyHistogram.Snapshot latency) {

	}

	/**
	 * Failed operations.
	 *
	 * @param device its name
	 * @param kind of operation
	 * @param errno positive
	 * @param count how many
	 */
	public record ErrorLine(String device, IoKind kind, int errno, long count) {

	}

	/**
	 * One ring.
	 *
	 * @param ring its number
	 * @param enters calls of {@code io_uring_enter}
	 * @param submitted queue entries given to the kernel
	 * @param overflows completions that the kernel had no room for
	 * @param listenerFailures exceptions thrown by listeners
	 */
	public record RingLine(int ring, long enters, long submitted, long overflows, long listenerFailures) {

	}

}
