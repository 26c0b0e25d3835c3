package dev.holdfast.ops;

import java.time.Duration;

import dev.holdfast.api.rest.Admission;
import dev.holdfast.event.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The first step of a stop, after readiness has been withdrawn: requests that are in are
 * finished, new ones are answered 503 instead of finding nobody, and streams of events
 * end. The web server still listens meanwhile, health too. What has not ended when the
 * time is over is cut off: a body that is still arriving is answered with how much of it
 * was written, an answer that is still being sent is broken off.
 */
final class Drain implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger(Drain.class);

	/** For the answer to a body that was cut off, and for a thread to see its end. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(2);

	private final Admission admission;

	private final EventLog events;

	private final DrainTime time;

	private final Runnable held;

	private volatile boolean running;

	/**
	 * A drain.
	 * @param held ends the wait of I/O for drives that are away
	 */
	Drain(Admission admission, EventLog events, DrainTime time, Runnable held) {
		this.held = held;
		this.admission = admission;
		this.events = events;
		this.time = time;
	}

	@Override
	public void start() {
		this.admission.admit();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.admission.refuse();
		int serving = this.admission.serving();
		if (serving > 0) {
			log.info("Stopping: {} being served and may take {}", requests(serving), this.time.limit());
		}
		this.events.close();
		this.held.run();
		try {
			if (!this.admission.awaitIdle(this.time.left())) {
				cut();
			}
			awaitStreams();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Whoever follows events gets a clean end; nobody waits long for who does not take
	 * it.
	 */
	private void awaitStreams() throws InterruptedException {
		if (this.events.awaitEnd(LAST_WORDS)) {
			this.admission.awaitIdle(LAST_WORDS);
		}
		else {
			this.admission.cutAnswers();
		}
	}

	private void cut() throws InterruptedException {
		log.warn("After {} {} still being served and cut off", this.time.limit(), requests(this.admission.serving()));
		this.admission.cutBodies();
		if (!this.admission.awaitIdle(LAST_WORDS)) {
			this.admission.cutAnswers();
			if (!this.admission.awaitIdle(LAST_WORDS)) {
				log.warn("{} still there", requests(this.admission.serving()));
			}
		}
	}

	private static String requests(int count) {
		return (count == 1) ? "1 request is" : count + " requests are";
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Higher phases stop earlier: this one before the web servers. */
	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
