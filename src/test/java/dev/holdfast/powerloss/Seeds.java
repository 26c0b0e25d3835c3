package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Runs histories, as many at a time as there are processors, up to the first that fails.
 */
final class Seeds {

	private final Path directory;

	private final AtomicLong next;

	private final long end;

	private final AtomicReference<@Nullable Violation> violation = new AtomicReference<>();

	private final Map<String, Integer> seen = new TreeMap<>();

	Seeds(Path directory, long first, long count) {
		this.directory = directory;
		this.next = new AtomicLong(first);
		this.end = first + count;
	}

	/**
	 * Runs them.
	 * @return the first failure that was found, or {@code null}
	 */
	@Nullable Violation run(Sabotage sabotage) throws Exception {
		int processors = Runtime.getRuntime().availableProcessors();
		// Each is the carrier of threads of its own, so it cannot be a virtual one.
		try (ExecutorService threads = Executors.newFixedThreadPool(processors)) {
			List<Callable<Void>> parts = new ArrayList<>();
			for (int i = 0; i < processors; i++) {
				parts.add(() -> part(sabotage));
			}
			for (Future<Void> part : threads.invokeAll(parts)) {
				part.get();
			}
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		return this.violation.get();
	}

	private Void part(Sabotage sabotage) throws IOException {
		try (Bench bench = new Bench(this.directory)) {
			long seed = this.next.getAndIncrement();
			while (seed < this.end && this.violation.get() == null) {
				try {
					History.run(bench, seed, sabotage);
				}
				catch (Violation ex) {
					this.violation.compareAndSet(null, ex);
				}
				seed = this.next.getAndIncrement();
			}
			synchronized (this.seen) {
				bench.seen().forEach((what, times) -> this.seen.merge(what, times, Integer::sum));
			}
		}
		return null;
	}

	/**
	 * What has happened in them, and how often.
	 */
	Map<String, Integer> seen() {
		synchronized (this.seen) {
			return Map.copyOf(this.seen);
		}
	}

}
