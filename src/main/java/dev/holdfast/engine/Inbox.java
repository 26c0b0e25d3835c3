package dev.holdfast.engine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * How other threads reach a loop: a bounded queue and a bell that is rung only if the
 * loop sleeps.
 * <p>
 * No message is missed: the producer adds it and then looks whether the loop sleeps; the
 * loop says that it sleeps and then looks for messages. With a full fence between the two
 * steps on both sides, at least one of them sees the other.
 *
 * @param <T> what is sent
 */
final class Inbox<T> {

	private final MpscArrayQueue<T> messages;

	private final AtomicBoolean sleeping = new AtomicBoolean();

	private final Runnable bell;

	Inbox(int capacity, Runnable bell) {
		this.messages = new MpscArrayQueue<>(capacity);
		this.bell = bell;
	}

	/**
	 * Sends. From any thread.
	 * @return {@code false} if there is no room
	 */
	boolean offer(T message) {
		if (!offerQuietly(message)) {
			return false;
		}
		wake();
		return true;
	}

	/**
	 * Sends one of several, after the last of which {@link #wake} is due. From any
	 * thread.
	 * @return {@code false} if there is no room
	 */
	boolean offerQuietly(T message) {
		return this.messages.offer(message);
	}

	/**
	 * Wakes the loop if it sleeps. From any thread.
	 */
	void wake() {
		VarHandle.fullFence();
		if (this.sleeping.getOpaque() && this.sleeping.compareAndSet(true, false)) {
			this.bell.run();
		}
	}

	/**
	 * Takes the next message. From the loop's thread.
	 */
	@Nullable T poll() {
		return this.messages.poll();
	}

	/**
	 * Whether nothing waits to be taken. From the loop's thread.
	 */
	boolean isEmpty() {
		return this.messages.isEmpty();
	}

	/**
	 * Says that the loop is about to sleep. From the loop's thread.
	 * @return {@code false} if there is a message, so that it must not
	 */
	boolean fallAsleep() {
		this.sleeping.set(true);
		VarHandle.fullFence();
		if (this.messages.isEmpty()) {
			return true;
		}
		this.sleeping.setOpaque(false);
		return false;
	}

	/**
	 * Says that the loop is awake. From the loop's thread.
	 */
	void wakeUp() {
		this.sleeping.setOpaque(false);
	}

}
