package dev.holdfast.volume;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import dev.holdfast.uring.sys.Errno;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the background scrub of each device that has dirty extents, on a thread of its
 * own. It survives restarts, since the label says what is dirty. A long one can be
 * followed as an operation of kind {@code scrub}.
 */
public final class Scrubs implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Scrubs.class);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	private static final String KIND = "scrub";

	/** Less is done before anybody could look. */
	private static final long WORTH_AN_OPERATION = 1L << 30;

	private final Operations operations;

	private final Map<UUID, Thread> running = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Scrubs whatever is dirty from now on.
	 */
	public Scrubs(Volumes volumes, Operations operations) {
		this.operations = operations;
		volumes.whenDirty(this::start);
	}

	/**
	 * Holds no lock while it waits, and is called by who holds some.
	 */
	private synchronized void start(DeviceSpace space) {
		if (!this.closed) {
			this.running.computeIfAbsent(space.uuid(),
					(device) -> Thread.ofVirtual().name("scrub-" + space.device().name()).start(() -> run(space)));
		}
	}

	private void run(DeviceSpace space) {
		Operation operation = null;
		boolean fine = false;
		try {
			operation = operation(space);
			scrub(space, operation);
			fine = true;
		}
		catch (IoFailedException ex) {
			fail(operation, space, new ProblemException(Problem.IO_ERROR,
					"Extents could not be zeroed: " + Errno.name(ex.errno()), ex));
		}
		catch (ProblemException ex) {
			fail(operation, space, ex);
		}
		catch (IllegalStateException ex) {
			// The engine takes no more for the device: it goes on at the next attach.
			log.debug("The scrub of device {} ends", space.device().name(), ex);
		}
		finally {
			this.running.remove(space.uuid());
			if (fine && !space.isClosed() && space.usage().dirty() > 0) {
				// Soiled after the last look.
				start(space);
			}
		}
	}

	private void scrub(DeviceSpace space, @Nullable Operation operation) throws IoFailedException {
		BackgroundScrub scrub = new BackgroundScrub(space);
		ScrubPace pace = ScrubPace.FULL;
		long done = (operation != null) ? operation.snapshot().done() : 0;
		long dirty = space.usage().dirty();
		long begun = System.nanoTime();
		while (!this.closed && !space.isClosed() && scrub.step(pace.extents())) {
			long took = System.nanoTime() - begun;
			long left = space.usage().dirty();
			done += Math.max(0, dirty - left);
			dirty = left;
			if (operation != null) {
				operation.progress(done, done + left);
			}
			pace = ScrubPace.after(space.device().inFlight() > 0, took);
			LockSupport.parkNanos(pace.pauseNanos());
			begun = System.nanoTime();
		}
		if (operation != null && space.usage().dirty() == 0) {
			operation.succeed();
		}
	}

	/**
	 * The one that a restart interrupted, or a new one if it is worth it.
	 */
	private @Nullable Operation operation(DeviceSpace space) {
		String subject = "devices/" + space.device().name();
		for (Operation unfinished : this.operations.unfinished(KIND)) {
			if (unfinished.spec().subject().equals(subject)) {
				return unfinished;
			}
		}
		long dirty = space.usage().dirty();
		return (dirty < WORTH_AN_OPERATION) ? null
				: this.operations.begin(new OperationSpec(KIND, null, subject, "bytes", dirty, ""));
	}

	private static void fail(@Nullable Operation operation, DeviceSpace space, ProblemException problem) {
		log.warn("The scrub of device {} ends: {}", space.device().name(), problem.getMessage());
		if (operation != null) {
			operation.fail(problem);
		}
	}

	/**
	 * Ends all of them after the step that they are at. A drive that hangs is not waited
	 * for longer than 10 s.
	 */
	@Override
	public void close() {
		close(CLOSE_LIMIT);
	}

	void close(Duration limit) {
		synchronized (this) {
			this.closed = true;
		}
		this.running.values().forEach((thread) -> join(thread, limit));
	}

	private static void join(Thread thread, Duration limit) {
		LockSupport.unpark(thread);
		try {
			if (!thread.join(limit)) {
				log.warn("{} did not end within {}: its drive hangs", thread.getName(), limit);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
