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
import java.util.function.Function;

/**
 * Looks at many drives beside each other, and for no longer than a limit: a drive that
 * hangs holds up neither the others nor whoever asks. It is asked once, and not again
 * until it has answered, so that it keeps one thread; and it is waited for once. Any
 * thread.
 */
final class LabelPeeks {

	private static final Duration LIMIT = Duration.ofSeconds(2);

	private final Duration limit;

	private final Function<Path, Optional<UUID>> look;

	/** Those that have not answered yet. */
	private final Map<Path, Peek> asked = new ConcurrentHashMap<>();

	LabelPeeks() {
		this(LIMIT, LabelPeek::at);
	}

	LabelPeeks(Duration limit, Function<Path, Optional<UUID>> look) {
		this.limit = limit;
		this.look = look;
	}

	/**
	 * Looks at all of them.
	 * @param paths of drives that nobody uses
	 * @return what {@link LabelPeek#at} says of each; those that did not answer in time
	 * are left out
	 */
	Map<Path, Optional<UUID>> at(Collection<Path> paths) {
		long now = System.nanoTime();
		Map<Path, Peek> asking = new HashMap<>();
		paths.forEach((path) -> asking.put(path, ask(path)));
		Map<Path, Optional<UUID>> answers = new HashMap<>();
		asking.forEach((path, peek) -> {
			try {
				Optional<UUID> answer = await(peek);
				// Another drive may have come to that path since somebody else asked.
				answers.put(path, (peek.begun - now < 0) ? await(ask(path)) : answer);
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

	private Optional<UUID> await(Peek peek) throws TimeoutException, ExecutionException, InterruptedException {
		long left = peek.begun + this.limit.toNanos() - System.nanoTime();
		return peek.answer.get(left, TimeUnit.NANOSECONDS);
	}

	private Peek ask(Path path) {
		Peek fresh = new Peek(new CompletableFuture<>(), System.nanoTime());
		Peek present = this.asked.putIfAbsent(path, fresh);
		if (present != null) {
			return present;
		}
		// The kernel may keep a thread for as long as the drive hangs, so it is none that
		// others need.
		Thread.ofPlatform().daemon().name("holdfast-look-" + path.getFileName()).start(() -> {
			try {
				Optional<UUID> answer = this.look.apply(path);
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
	 * @param begun when it was asked, in terms of {@link System#nanoTime()}
	 */
	private record Peek(CompletableFuture<Optional<UUID>> answer, long begun) {

	}

}
