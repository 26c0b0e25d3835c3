package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.device.ExtentState;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoKind;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ScrubsTests {

	private static final int SIZE = 64 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	@TempDir
	private Path directory;

	@Test
	void zeroesWhatIsDirtyAndHasTheLabelSayIt() throws IOException {
		Path file = Rig.soiled(this.directory, SIZE);
		try (SlowRig slow = new SlowRig(this.directory, file); Scrubs scrubs = scrubs(slow)) {
			awaitClean(slow);
			await().untilAsserted(() -> assertThat(slow.device.labels().label().content().runs())
				.allMatch((run) -> run.state() == ExtentState.FREE));
			assertThat(slow.operations.list()).as("too little to follow").isEmpty();
		}
		try (SlowRig slow = new SlowRig(this.directory, file)) {
			assertThat(slow.usage().free()).isEqualTo(slow.usage().total());
			Geometry geometry = slow.device.geometry();
			byte[] content = Files.readAllBytes(file);
			for (int i = (int) geometry.dataOffset(); i < geometry.offsetOf(geometry.extentCount()); i++) {
				if (content[i] != 0) {
					assertThat(i).as("the first byte that is not zero").isZero();
				}
			}
		}
	}

	@Test
	void zeroesWhatIsDeleted() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, Rig.sparse(this.directory, SIZE));
				Scrubs scrubs = scrubs(slow)) {
			for (int i = 0; i < 5; i++) {
				slow.volumes.create(DB, VolumeSpec.ofSize(3 * Geometry.EXTENT_SIZE));
				slow.volumes.delete(DB);
				awaitClean(slow);
			}
		}
	}

	@Test
	void goesOnAfterARestartWithTheSameOperation() throws IOException {
		Path file = SlowRig.dirty(this.directory, 2L << 30);
		OperationSnapshot begun;
		try (SlowRig slow = new SlowRig(this.directory, file)) {
			slow.engine.hold(IoKind.ZERO);
			Scrubs scrubs = scrubs(slow);
			await().until(() -> slow.engine.held() == 1);
			begun = slow.operations.list().getFirst();
			assertThat(begun.kind()).isEqualTo("scrub");
			assertThat(begun.subject()).isEqualTo("devices/drive");
			assertThat(begun.tenant()).isNull();
			assertThat(begun.total()).isEqualTo(slow.usage().total());
			slow.closeHeldUp(scrubs);
			assertThat(slow.usage().dirty()).isPositive();
		}
		try (SlowRig slow = new SlowRig(this.directory, file); Scrubs scrubs = scrubs(slow)) {
			awaitClean(slow);
			OperationSnapshot ended = await().until(() -> slow.operations.list().getFirst(),
					(operation) -> operation.state() == OperationState.SUCCEEDED);
			assertThat(ended.id()).isEqualTo(begun.id());
			assertThat(ended.done()).isEqualTo(ended.total());
			assertThat(slow.operations.list()).hasSize(1);
		}
	}

	@Test
	void leavesTheDeviceAloneOnceItIsDetached() throws Exception {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, 2L << 30))) {
			slow.engine.hold(IoKind.ZERO);
			try (Scrubs scrubs = scrubs(slow)) {
				await().until(() -> slow.engine.held() == 1);
				Thread detaching = Thread.ofVirtual()
					.start(() -> slow.volumes.detaching(slow.device.uuid(), slow.device.name()));
				await().until(() -> detaching.getState() == Thread.State.WAITING);
				slow.engine.release();
				detaching.join();
				slow.engine.changes();
				slow.device.close();
			}
			// The one with which it is let go of.
			assertThat(slow.engine.changes()).containsExactly(new RecordingEngine.Call(IoKind.FLUSH, 0, 0));
		}
	}

	@Test
	void doesNotWaitForADriveThatHangs() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, 2L << 30))) {
			slow.engine.hold(IoKind.ZERO);
			Scrubs scrubs = scrubs(slow);
			await().until(() -> slow.engine.held() == 1);
			operation(slow.tasks.create(DB, VolumeSpec.ofSize(64 << 20)));
			scrubs.close(Duration.ofMillis(10));
			slow.tasks.close(Duration.ofMillis(10));
			assertThat(slow.engine.held()).isOne();
		}
	}

	private static OperationSnapshot operation(VolumeTasks.Outcome outcome) {
		return Objects.requireNonNull(outcome.operation());
	}

	@Test
	void servesAllocationsMeanwhile() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, 2L << 30));
				Scrubs scrubs = scrubs(slow)) {
			for (int i = 0; i < 50; i++) {
				VolumeKey key = new VolumeKey("acme", "v" + i);
				assertThat(slow.volumes.create(key, VolumeSpec.ofSize(30 << 20)).volume().state())
					.isEqualTo(VolumeState.READY);
			}
			awaitClean(slow);
			assertThat(slow.usage().used()).isEqualTo(50 * 8 * Geometry.EXTENT_SIZE);
		}
	}

	@Test
	void givesUpWhatAVolumeNeeds() throws IOException {
		Path file = Rig.soiled(this.directory, SIZE);
		try (SlowRig slow = new SlowRig(this.directory, file)) {
			slow.engine.hold(IoKind.ZERO);
			try (Scrubs scrubs = scrubs(slow)) {
				await().until(() -> slow.engine.held() == 1);
				assertThat(slow.usage().free()).isZero();
				OperationSnapshot operation = Objects
					.requireNonNull(slow.tasks.create(DB, VolumeSpec.ofSize(slow.usage().total())).operation());
				assertThat(operation.total()).isEqualTo(slow.usage().total());
				slow.engine.release();
				await().until(() -> slow.operations.find(operation.id())
					.filter((present) -> present.state() == OperationState.SUCCEEDED)
					.isPresent());
			}
			assertThat(slow.usage().used()).isEqualTo(slow.usage().total());
			Geometry geometry = slow.device.geometry();
			byte[] content = Files.readAllBytes(file);
			int start = (int) geometry.dataOffset();
			int end = (int) geometry.offsetOf(geometry.extentCount());
			assertThat(Arrays.equals(content, start, end, new byte[end - start], 0, end - start)).isTrue();
		}
	}

	@Test
	void choosesOnlyOnceItCanBegin() throws Exception {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			DeviceSpace space = new DeviceSpace(slow.device);
			space.open();
			ReentrantLock turn = space.scrubber().turn();
			slow.engine.changes();
			FutureTask<Boolean> step = new FutureTask<>(() -> new BackgroundScrub(space).step(16));
			turn.lock();
			try {
				Thread.ofVirtual().start(step);
				await().until(turn::hasQueuedThreads);
				assertThat(space.tryAllocate((int) space.available())).isNotNull();
			}
			finally {
				turn.unlock();
			}
			assertThat(step.get()).as("there was something to zero").isFalse();
			assertThat(slow.engine.changes()).isEmpty();
		}
	}

	@Test
	void givesWayToTenants() {
		long took = TimeUnit.MILLISECONDS.toNanos(10);
		assertThat(ScrubPace.after(false, took)).isEqualTo(ScrubPace.FULL);
		assertThat(ScrubPace.FULL.pauseNanos()).isZero();
		assertThat(ScrubPace.after(true, took)).isEqualTo(new ScrubPace(1, 3 * took));
		assertThat(ScrubPace.after(true, TimeUnit.HOURS.toNanos(1)).pauseNanos())
			.isEqualTo(TimeUnit.SECONDS.toNanos(2));
	}

	private static Scrubs scrubs(SlowRig slow) {
		return new Scrubs(slow.volumes, slow.operations);
	}

	private static void awaitClean(SlowRig slow) {
		await().until(() -> slow.usage().dirty() == 0);
	}

}
