package dev.holdfast.device;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told of possible losses, from process to process.
 */
class PossibleLossesTests {

	private static final UUID D1 = UUID.randomUUID();

	private static final UUID D2 = UUID.randomUUID();

	private final MemoryLosses store = new MemoryLosses();

	private final UUID volume = UUID.randomUUID();

	private final UUID other = UUID.randomUUID();

	@Test
	void shouldTellOnceAfterARestart() {
		lose(new PossibleLosses(this.store), this.volume);
		PossibleLosses later = new PossibleLosses(this.store);
		assertThat(later.tell(this.other, D1, PossibleLossesTests::nothing)).isFalse();
		assertThat(later.tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
		assertThat(later.tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
		assertThat(new PossibleLosses(this.store).tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
	}

	@Test
	void shouldTellOfEachLossAfterTheOneThatWasTold() {
		lose(new PossibleLosses(this.store), this.volume);
		PossibleLosses later = new PossibleLosses(this.store);
		assertThat(later.tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
		lose(later, this.volume);
		assertThat(new PossibleLosses(this.store).tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
	}

	@Test
	void shouldNotTellAgainWhatWasToldBeforeItWasKept() {
		PossibleLosses losses = new PossibleLosses(this.store);
		losses.add(this.volume, D1);
		losses.add(this.other, D1);
		assertThat(losses.tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
		losses.keep();
		PossibleLosses later = new PossibleLosses(this.store);
		assertThat(later.tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
		assertThat(later.tell(this.other, D1, PossibleLossesTests::nothing)).isTrue();
	}

	@Test
	void shouldKeepWhatIsLostAgainWhileItIsTold() throws Exception {
		SlowStore slow = new SlowStore(this.store);
		PossibleLosses losses = new PossibleLosses(slow);
		lose(losses, this.volume);
		slow.most.acquire();
		losses.add(this.other, D1);
		Thread keeps = Thread.ofPlatform().start(losses::keep);
		Awaitility.await().until(slow.most::hasQueuedThreads);
		Thread tells = Thread.ofPlatform().start(() -> losses.tell(this.volume, D1, PossibleLossesTests::nothing));
		Awaitility.await().until(() -> tells.getState() == Thread.State.BLOCKED);
		losses.add(this.volume, D1);
		slow.most.release();
		keeps.join();
		tells.join();
		losses.keep();
		assertThat(new PossibleLosses(this.store).tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
	}

	@Test
	void shouldTellOfEachDriveOnce() {
		PossibleLosses losses = new PossibleLosses(this.store);
		lose(losses, this.volume);
		assertThat(losses.tell(this.volume, D2, PossibleLossesTests::nothing)).isFalse();
		losses.add(this.volume, D2);
		losses.keep();
		assertThat(losses.tell(this.volume, D1, PossibleLossesTests::nothing)).isTrue();
		assertThat(losses.tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
		assertThat(losses.tell(this.volume, D2, PossibleLossesTests::nothing)).isTrue();
		assertThat(new PossibleLosses(this.store).tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
	}

	@Test
	void shouldTellOfADriveThatTheVolumeHasLeft() {
		PossibleLosses losses = new PossibleLosses(this.store);
		lose(losses, this.volume);
		losses.left(this.volume, D2);
		assertThat(losses.tell(this.volume, D2, PossibleLossesTests::nothing)).isFalse();
		losses.left(this.volume, D1);
		assertThat(losses.tell(this.volume, D2, PossibleLossesTests::nothing)).isTrue();
		assertThat(losses.tell(this.volume, D2, PossibleLossesTests::nothing)).isFalse();
		assertThat(new PossibleLosses(this.store).tell(this.volume, D2, PossibleLossesTests::nothing)).isFalse();
	}

	@Test
	void shouldNotTellOfAVolumeThatIsGone() {
		PossibleLosses losses = new PossibleLosses(this.store);
		lose(losses, this.volume);
		losses.forget(this.volume);
		assertThat(losses.tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
		assertThat(new PossibleLosses(this.store).tell(this.volume, D1, PossibleLossesTests::nothing)).isFalse();
	}

	private static void nothing() {
	}

	private static void lose(PossibleLosses losses, UUID volume) {
		losses.add(volume, D1);
		losses.keep();
	}

	/**
	 * Takes what it is given when it may.
	 */
	private static final class SlowStore implements LossStore {

		private final LossStore store;

		private final Semaphore most = new Semaphore(1);

		SlowStore(LossStore store) {
			this.store = store;
		}

		@Override
		public Set<UUID> load() {
			return this.store.load();
		}

		@Override
		public void add(Set<UUID> volumes) {
			this.most.acquireUninterruptibly();
			this.store.add(volumes);
			this.most.release();
		}

		@Override
		public void remove(UUID volume) {
			this.store.remove(volume);
		}

	}

}
