package dev.holdfast.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LabelPeeksTests {

	private static final Path PATH = Path.of("/dev/drive");

	private final TransferQueue<CompletableFuture<Optional<UUID>>> looks = new LinkedTransferQueue<>();

	private final LabelPeeks peeks = new LabelPeeks(Duration.ofMinutes(1), (path) -> {
		CompletableFuture<Optional<UUID>> look = new CompletableFuture<>();
		this.looks.add(look);
		return look.join();
	});

	/** Another one may have been there when somebody else asked. */
	@Test
	void shouldTellOfADriveThatIsThereWhenAsked() throws Exception {
		Optional<UUID> label = Optional.of(UUID.randomUUID());
		FutureTask<Map<Path, Optional<UUID>>> before = new FutureTask<>(() -> this.peeks.at(List.of(PATH)));
		FutureTask<Map<Path, Optional<UUID>>> after = new FutureTask<>(() -> this.peeks.at(List.of(PATH)));
		Thread.ofPlatform().start(before);
		CompletableFuture<Optional<UUID>> look = this.looks.take();
		Thread asking = Thread.ofPlatform().start(after);
		Awaitility.await().until(() -> asking.getState() == Thread.State.TIMED_WAITING);
		look.complete(Optional.empty());
		assertThat(before.get(10, TimeUnit.SECONDS)).containsEntry(PATH, Optional.empty());
		this.looks.poll(10, TimeUnit.SECONDS).complete(label);
		assertThat(after.get(10, TimeUnit.SECONDS)).containsEntry(PATH, label);
	}

}
