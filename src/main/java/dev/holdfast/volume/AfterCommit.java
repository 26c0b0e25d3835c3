package dev.holdfast.volume;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be done once a label is durable that was asked for after it was said.
 * Guarded by who has it.
 */
final class AfterCommit {

	private final List<Runnable> next = new ArrayList<>();

	private final List<Runnable> underWay = new ArrayList<>();

	void next(Runnable action) {
		this.next.add(action);
	}

	/**
	 * The label's content was asked for.
	 */
	void contentTaken() {
		this.underWay.addAll(this.next);
		this.next.clear();
	}

	/**
	 * The label is durable with that content.
	 * @return what to do now
	 */
	List<Runnable> written() {
		List<Runnable> actions = List.copyOf(this.underWay);
		this.underWay.clear();
		return actions;
	}

}
