package dev.holdfast.device;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Operations of tenants that a device was given, and has not ended by their deadline. As
 * long as there are any it is stuck (mapping contract, Stuck I/O). Any thread; nothing
 * here blocks.
 */
public final class OverdueIo {

	private final AtomicInteger count = new AtomicInteger();

	private final Runnable onChange;

	/**
	 * Nothing is overdue yet.
	 * @param onChange told when the device becomes stuck, and when it is not any more
	 */
	OverdueIo(Runnable onChange) {
		this.onChange = onChange;
	}

	/**
	 * The deadline of an operation has passed.
	 */
	public void add() {
		if (this.count.getAndIncrement() == 0) {
			this.onChange.run();
		}
	}

	/**
	 * The device is done with an operation that was added.
	 */
	public void remove() {
		if (this.count.decrementAndGet() == 0) {
			this.onChange.run();
		}
	}

	/**
	 * How many there are.
	 * @return a snapshot
	 */
	public int count() {
		return this.count.get();
	}

}
