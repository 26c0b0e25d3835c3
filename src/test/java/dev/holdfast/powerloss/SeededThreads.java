package dev.holdfast.powerloss;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

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

	/**
	 * Starts a thread that nobody waits for. Threads started by threads are run in the
	 * same way, whoever starts them.
	 */
	void startBeside(String name, Task task) {
		Executor scheduler = this.arriving::add;
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
				Runnable late = this.arriving.poll(STUCK_SECONDS, TimeUnit.SECONDS);
				if (late == null) {
					throw new Violation("all threads wait and nothing is in flight");
				}
				this.ready.add(late);
			}
			else {
				this.ready.remove(this.random.nextInt(this.ready.size())).run();
			}
		}
		requireNoFailure();
	}

	/**
	 * Runs what is left once there is no power, so that nothing is in flight.
	 * @throws Throwable what the first that failed threw
	 */
	void end() throws Throwable {
		this.arriving.drainTo(this.ready);
		while (!this.ready.isEmpty()) {
			this.ready.remove(this.random.nextInt(this.ready.size())).run();
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
