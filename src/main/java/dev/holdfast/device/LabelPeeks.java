package dev.holdfast.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at many drives beside each other, and for no longer than a limit: a drive that
 * hangs holds up neither the others nor whoever asks. It is asked once, and not again
 * until it has answered, so that it keeps one thread; and it is waited for once. Any
 * thread.
 */
final class LabelPeeks {

	private static final Duration LIMIT = Duration.ofSeconds(2);

	private final Duration limit;

	/** Those that have not answered yet. */
	private final Map<Path, Peek> asked = new ConcurrentHashMap<>();

	LabelPeeks() {
		this(LIMIT);
	}

	LabelPeeks(Duration limit) {
		this.limit = limit;
	}

	/**
	 * Looks at all of them.
	 * @param paths of drives that nobody uses
	 * @return what {@link LabelPeek#at} says of each; those that did not answer in time
	 * are left out
	 */
	Map<Path, Optional<UUID>> at(Collection<Path> paths) {
		Map<Path, Peek> asking = new HashMap<>();
		paths.forEach((path) -> asking.put(path, ask(path)));
		Map<Path, Optional<UUID>> answers = new HashMap<>();
		asking.forEach((path, peek) -> {
			try {
				answers.put(path, peek.answer.get(peek.end - System.nanoTime(), TimeUnit.NANOSECONDS));
			}
			catch (TimeoutException ex) {
				// It hangs, and is left out.
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex.getCause());
			}
			catch (InterruptedException ex) {
				// The others are taken as they are now.
				Thread.currentThread().interrupt();
			}
		});
		return answers;
	}

	private Peek ask(Path path) {
		Peek fresh = new Peek(new CompletableFuture<>(), System.nanoTime() + this.limit.toNanos());
		Peek present = this.asked.putIfAbsent(path, fresh);
		if (present != null) {
			return present;
		}
		// The kernel may keep a thread for as long as the drive hangs, so it is none that
		// others need.
		Thread.ofPlatform().daemon().name("holdfast-look-" + path.getFileName()).start(() -> {
			try {
				Optional<UUID> answer = LabelPeek.at(path);
				this.asked.remove(path);
				fresh.answer.complete(answer);
			}
			catch (RuntimeException | Error ex) {
				this.asked.remove(path);
				fresh.answer.completeExceptionally(ex);
			}
		});
		return fresh;
	}

	/**
	 * A question that is out.
	 *
	 * @param end when nobody waits for the answer any more
	 */
	private record Peek(CompletableFuture<Optional<UUID>> answer, long end) {

	}

}
