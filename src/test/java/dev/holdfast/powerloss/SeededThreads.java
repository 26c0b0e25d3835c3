package dev.holdfast.powerloss;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that run one at a time on the thread of the test, in an order that a
 * seed decides. Each runs until it waits; what it waits for is an operation of the
 * engine, which completes when the seed says so, or another of the threads. So a seed
 * gives the same run each time, with the real locks of the code under test.
 * <p>
 * The JDK has no public way to give virtual threads a scheduler; the build opens
 * {@code java.lang} to tests.
 */
final class SeededThreads {

	private static final int STUCK_SECONDS = 20;

	private static final Constructor<?> VIRTUAL_THREAD = constructor();

	private final Random random;

	private final BlockingQueue<Runnable> arriving = new LinkedBlockingQueue<>();

	/**
	 * Woken by threads that are not the seed's: the JVM's, for whoever had to wait for
	 * one of its monitors.
	 */
	private final BlockingQueue<Runnable> late = new LinkedBlockingQueue<>();

	private final Thread runner = Thread.currentThread();

	private volatile @Nullable Thread current;

	private final List<Runnable> ready = new ArrayList<>();

	private final List<Throwable> failures = new ArrayList<>();

	private int awaited;

	SeededThreads(Random random) {
		this.random = random;
	}

	private static Constructor<?> constructor() {
		try {
			Constructor<?> constructor = Class.forName("java.lang.VirtualThread")
				.getDeclaredConstructor(Executor.class, String.class, int.class, Runnable.class);
			constructor.setAccessible(true);
			return constructor;
		}
		catch (ReflectiveOperationException ex) {
			throw new LinkageError("virtual threads of this JDK take no scheduler", ex);
		}
	}

	/**
	 * Starts a thread that {@link #run} waits for.
	 */
	void start(String name, Task task) {
		this.awaited++;
		startBeside(name, () -> {
			try {
				task.run();
			}
			finally {
				this.awaited--;
			}
		});
	}

	private static Thread threadOf(Runnable turn) {
		for (Field field : turn.getClass().getDeclaredFields()) {
			if (Thread.class.isAssignableFrom(field.getType())) {
				try {
					field.setAccessible(true);
					return (Thread) field.get(turn);
				}
				catch (IllegalAccessException ex) {
					throw new LinkageError("turns of this JDK's virtual threads are closed", ex);
				}
			}
		}
		throw new LinkageError("turns of this JDK's virtual threads do not know their thread");
	}

	/**
	 * Starts a thread that nobody waits for. Threads started by threads are run in the
	 * same way, whoever starts them.
	 */
	void startBeside(String name, Task task) {
		Executor scheduler = (turn) -> {
			if (this.runner.equals(Thread.currentThread()) || Thread.currentThread().equals(this.current)) {
				this.arriving.add(turn);
			}
			else {
				this.late.add(turn);
			}
		};
		Runnable body = () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				this.failures.add(ex);
			}
		};
		try {
			((Thread) VIRTUAL_THREAD.newInstance(scheduler, name, 0, body)).start();
		}
		catch (ReflectiveOperationException ex) {
			throw new LinkageError(name, ex);
		}
	}

	/**
	 * Lets others have their turn, if the seed says so.
	 */
	@SuppressWarnings("ThreadPriorityCheck") // the scheduler is ours
	static void pause() {
		Thread.yield();
	}

	/**
	 * Runs until all threads have ended that are waited for.
	 * @throws Throwable what the first that failed threw
	 */
	void run(PowerLossEngine engine) throws Throwable {
		while (this.awaited > 0) {
			this.arriving.drainTo(this.ready);
			if (engine.busy() && (this.ready.isEmpty() || this.random.nextInt(4) == 0)) {
				engine.completeOne();
			}
			else if (this.ready.isEmpty()) {
				Runnable woken = this.late.poll(STUCK_SECONDS, TimeUnit.SECONDS);
				throw (woken != null) ? at("woken by a thread that is not the history's", threadOf(woken))
						: new Violation("all threads wait and nothing is in flight");
			}
			else {
				take(this.ready.remove(this.random.nextInt(this.ready.size())));
			}
		}
		requireNoFailure();
	}

	/**
	 * A turn lasts until the thread waits for something of the history. Monitors of the
	 * JDK, as that of its random numbers, are others' too, and when those let go of them
	 * no seed decides.
	 */
	private void take(Runnable turn) throws InterruptedException {
		Thread thread = threadOf(turn);
		this.current = thread;
		turn.run();
		while (goesOn(thread.getState()) && !this.arriving.contains(turn)) {
			Runnable woken = this.late.poll(STUCK_SECONDS, TimeUnit.SECONDS);
			if (woken == null) {
				throw at("a monitor is held by a thread that waits", thread);
			}
			if (!woken.equals(turn)) {
				throw at("woken by a thread that is not the history's", threadOf(woken));
			}
			turn.run();
		}
	}

	private static Violation at(String what, Thread thread) {
		Violation violation = new Violation(what + ": " + thread);
		violation.setStackTrace(thread.getStackTrace());
		return violation;
	}

	private static boolean goesOn(Thread.State state) {
		return state == Thread.State.BLOCKED || state == Thread.State.RUNNABLE;
	}

	/**
	 * Runs what is left once there is no power, so that nothing is in flight.
	 * @throws Throwable what the first that failed threw
	 */
	void end() throws Throwable {
		this.arriving.drainTo(this.ready);
		while (!this.ready.isEmpty()) {
			take(this.ready.remove(this.random.nextInt(this.ready.size())));
			this.arriving.drainTo(this.ready);
		}
		requireNoFailure();
	}

	private void requireNoFailure() throws Throwable {
		if (!this.failures.isEmpty()) {
			throw this.failures.removeFirst();
		}
	}

	/**
	 * What a thread does.
	 */
	@FunctionalInterface
	interface Task {

		void run() throws Exception;

	}

}
