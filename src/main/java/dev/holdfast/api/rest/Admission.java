package dev.holdfast.api.rest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Whether requests are let in, and how many are being served. A stop refuses new ones,
 * waits for those that are in, and cuts off what would take for ever.
 * <p>
 * Requests come and go on threads of their own; {@link #admit}, {@link #refuse} and what
 * waits are called by the one that starts and stops the service.
 */
@Component
public class Admission {

	private final AtomicInteger serving = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition idle = this.lock.newCondition();

	private volatile boolean refusing;

	private volatile boolean cut;

	private volatile @Nullable Connections connections;

	/**
	 * Lets requests in, as it does from the beginning.
	 */
	public void admit() {
		this.cut = false;
		this.refusing = false;
	}

	/**
	 * Lets no request in from now on.
	 */
	public void refuse() {
		this.refusing = true;
	}

	/**
	 * How many requests are being served.
	 */
	public int serving() {
		return this.serving.get();
	}

	/**
	 * Waits until no request is being served, after {@link #refuse}.
	 * @return whether that is so
	 */
	public boolean awaitIdle(Duration limit) throws InterruptedException {
		long left = limit.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (this.serving.get() > 0) {
				if (left <= 0) {
					return false;
				}
				left = this.idle.awaitNanos(left);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends all bodies that are still arriving where they are. Their senders can still be
	 * answered.
	 */
	public void cutBodies() {
		this.cut = true;
		Connections open = this.connections;
		if (open != null) {
			open.cutBodies();
		}
	}

	/**
	 * Breaks off all answers that are still being sent.
	 */
	public void cutAnswers() {
		Connections open = this.connections;
		if (open != null) {
			open.cutAnswers();
		}
	}

	void connections(Connections open) {
		this.connections = open;
	}

	boolean isRefusing() {
		return this.refusing;
	}

	/**
	 * Asks to be let in.
	 * @return {@code true} if it is, and then {@link #leave} has to follow
	 */
	boolean enter() {
		this.serving.incrementAndGet();
		if (this.refusing) {
			leave();
			return false;
		}
		return true;
	}

	/**
	 * Stops being counted, for what goes on until the service stops or the client goes.
	 * @return to be closed once there is an end to it
	 */
	Aside aside() {
		leave();
		return this.serving::incrementAndGet;
	}

	void leave() {
		if (this.serving.decrementAndGet() == 0 && this.refusing) {
			this.lock.lock();
			try {
				this.idle.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * What a request is told that fails: a body that was cut off here is no fault of its
	 * sender.
	 */
	ProblemException told(ProblemException failure) {
		if (!this.cut || failure.problem() != Problem.LENGTH_MISMATCH) {
			return failure;
		}
		ProblemException told = new ProblemException(Problem.OVERLOADED,
				"The service is stopping and could not wait any longer for the rest of the body");
		failure.properties().forEach(told::with);
		return told;
	}

	/**
	 * A request that nobody waits for.
	 */
	interface Aside extends AutoCloseable {

		@Override
		void close();

	}

	/**
	 * The connections that requests come by.
	 */
	interface Connections {

		void cutBodies();

		void cutAnswers();

	}

}
