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

	private int running;

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

	void start(String name, Task task) {
		Executor scheduler = this.arriving::add;
		this.running++;
		Runnable body = () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				this.failures.add(ex);
			}
			finally {
				this.running--;
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
	 * Runs until all threads have ended.
	 * @throws Throwable what the first of them threw
	 */
	void run(PowerLossEngine engine) throws Throwable {
		while (this.running > 0) {
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
		if (!this.failures.isEmpty()) {
			throw this.failures.getFirst();
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
