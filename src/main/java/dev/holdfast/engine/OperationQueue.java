package dev.holdfast.engine;

import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A queue of operations linked through themselves, so that queueing allocates nothing. An
 * operation is in one queue at most. For one thread.
 */
final class OperationQueue {

	private @Nullable IoOperation head;

	private @Nullable IoOperation tail;

	boolean isEmpty() {
		return this.head == null;
	}

	@Nullable IoOperation peek() {
		return this.head;
	}

	void add(IoOperation operation) {
		operation.progress.next = null;
		if (this.tail == null) {
			this.head = operation;
		}
		else {
			this.tail.progress.next = operation;
		}
		this.tail = operation;
	}

	@Nullable IoOperation poll() {
		IoOperation first = this.head;
		if (first != null) {
			this.head = first.progress.next;
			if (this.head == null) {
				this.tail = null;
			}
			first.progress.next = null;
		}
		return first;
	}

	/**
	 * Moves all operations of another queue to the end of this one.
	 */
	void addAll(OperationQueue other) {
		if (other.head == null) {
			return;
		}
		if (this.tail == null) {
			this.head = other.head;
		}
		else {
			this.tail.progress.next = other.head;
		}
		this.tail = other.tail;
		other.head = null;
		other.tail = null;
	}

	/**
	 * Removes those that match. The test may do with a matching operation what it likes,
	 * but must leave this queue alone.
	 */
	void removeIf(Predicate<IoOperation> test) {
		IoOperation previous = null;
		IoOperation current = this.head;
		while (current != null) {
			IoOperation following = current.progress.next;
			if (test.test(current)) {
				if (previous == null) {
					this.head = following;
				}
				else {
					previous.progress.next = following;
				}
			}
			else {
				previous = current;
			}
			current = following;
		}
		this.tail = previous;
	}

	/**
	 * Removes one operation, if it is here.
	 * @return whether it was
	 */
	boolean remove(IoOperation operation) {
		IoOperation previous = null;
		for (IoOperation current = this.head; current != null; current = current.progress.next) {
			if (Objects.equals(current, operation)) {
				if (previous == null) {
					this.head = current.progress.next;
				}
				else {
					previous.progress.next = current.progress.next;
				}
				if (this.tail == current) {
					this.tail = previous;
				}
				current.progress.next = null;
				return true;
			}
			previous = current;
		}
		return false;
	}

}
