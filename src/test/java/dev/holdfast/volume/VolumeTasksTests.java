package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoKind;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

class VolumeTasksTests {

	private static final int SIZE = 256 << 20;

	private static final long EXTENT = Geometry.EXTENT_SIZE;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeSpec SPEC = VolumeSpec.ofSize(2 * EXTENT);

	private static final Precondition<Volume> ABSENT = (volume) -> require(volume == null);

	@TempDir
	private Path directory;

	@Test
	void leavesNoTraceOfWhatIsDoneAtOnce() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, Rig.sparse(this.directory, SIZE))) {
			VolumeTasks tasks = new VolumeTasks(slow.volumes, slow.operations, Duration.ofSeconds(30));
			assertThat(creation(tasks.create(DB, SPEC)).created()).isTrue();
			assertThat(creation(tasks.create(DB, SPEC)).created()).isFalse();
			assertThat(creation(tasks.grow(DB, 3 * EXTENT)).volume().sizeBytes()).isEqualTo(3 * EXTENT);
			assertThat(slow.operations.list()).isEmpty();
		}
	}

	@Test
	void makesAnOperationOfWhatTakesLong() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.create(DB, SPEC));
			assertThat(operation.kind()).isEqualTo("create-volume");
			assertThat(operation.tenant()).isEqualTo("acme");
			assertThat(operation.subject()).isEqualTo("tenants/acme/volumes/db");
			assertThat(operation.state()).isEqualTo(OperationState.RUNNING);
			assertThat(operation.total()).isEqualTo(2 * EXTENT);
			assertThat(slow.volumes.find(DB).orElseThrow().state()).isEqualTo(VolumeState.CREATING);
			assertThat(operation(slow.tasks.create(DB, SPEC)).id()).as("the same again").isEqualTo(operation.id());
			refused(Problem.ALREADY_EXISTS, () -> slow.tasks.create(DB, VolumeSpec.ofSize(EXTENT)));
			refused(Problem.NOT_FOUND, () -> slow.volumes.open(DB));
			slow.engine.release();
			OperationSnapshot ended = awaitEnd(slow, operation);
			assertThat(ended.state()).isEqualTo(OperationState.SUCCEEDED);
			assertThat(ended.done()).isEqualTo(2 * EXTENT);
			assertThat(slow.volumes.find(DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
		}
	}

	@Test
	void canBeUsedWhileItGrows() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.volumes.create(DB, SPEC);
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.grow(DB, 4 * EXTENT));
			assertThat(operation.kind()).isEqualTo("grow-volume");
			assertThat(slow.volumes.find(DB).orElseThrow().state()).isEqualTo(VolumeState.GROWING);
			slow.volumes.open(DB).pin().close();
			assertThat(operation(slow.tasks.grow(DB, 4 * EXTENT)).id()).isEqualTo(operation.id());
			refused(Problem.IN_USE, () -> slow.tasks.grow(DB, 5 * EXTENT));
			slow.engine.release();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.SUCCEEDED);
			assertThat(slow.volumes.find(DB).orElseThrow().sizeBytes()).isEqualTo(4 * EXTENT);
		}
	}

	/**
	 * Whoever demands something is refused, not handed what somebody else has begun.
	 */
	@Test
	void joinsNobodyIfSomethingIsDemanded() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.volumes.create(DB, SPEC);
			slow.engine.hold(IoKind.ZERO);
			Precondition<Volume> holds = size(2 * EXTENT);
			OperationSnapshot operation = operation(slow.tasks.grow(DB, 4 * EXTENT, VolumeLease.NONE, holds));
			refused(Problem.IN_USE, () -> slow.tasks.grow(DB, 4 * EXTENT, VolumeLease.NONE, holds));
			refused(Problem.PRECONDITION_FAILED,
					() -> slow.tasks.grow(DB, 4 * EXTENT, VolumeLease.NONE, size(3 * EXTENT)));
			refused(Problem.IN_USE,
					() -> slow.tasks.replace(DB, VolumeSpec.ofSize(4 * EXTENT), VolumeLease.NONE, holds));
			refused(Problem.IN_USE, () -> slow.volumes.grow(DB, 4 * EXTENT, ScrubProgress.NONE));
			refused(Problem.PRECONDITION_FAILED, () -> slow.volumes.delete(DB, VolumeLease.NONE, size(4 * EXTENT)));
			assertThat(operation(slow.tasks.grow(DB, 4 * EXTENT)).id()).isEqualTo(operation.id());
			slow.engine.release();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.SUCCEEDED);
			refused(Problem.PRECONDITION_FAILED, () -> slow.tasks.grow(DB, 5 * EXTENT, VolumeLease.NONE, holds));
			slow.volumes.delete(DB, VolumeLease.NONE, size(4 * EXTENT));
		}
	}

	@Test
	void isMadeOnceIfNoneMayBeThere() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.create(DB, SPEC, ABSENT));
			refused(Problem.PRECONDITION_FAILED, () -> slow.tasks.create(DB, SPEC, ABSENT));
			slow.engine.release();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.SUCCEEDED);
		}
	}

	/**
	 * Its growth is done before the deletion has its turn.
	 */
	@Test
	void isNotDeletedIfItHasGrownMeanwhile() throws Exception {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.volumes.create(DB, SPEC);
			VolumeHandle handle = slow.volumes.open(DB);
			AtomicReference<Throwable> refusal = new AtomicReference<>();
			Thread deletion;
			handle.changing().lock();
			try {
				deletion = Thread.ofVirtual()
					.start(() -> refusal
						.set(catchThrowable(() -> slow.volumes.delete(DB, VolumeLease.NONE, size(2 * EXTENT)))));
				await().until(() -> SlowRig.isWaiting(deletion));
				handle.resumePreparation();
				slow.volumes.grow(DB, 3 * EXTENT, ScrubProgress.NONE);
				handle.cancelPreparation();
			}
			finally {
				handle.changing().unlock();
			}
			deletion.join();
			assertThat(refusal.get()).isInstanceOfSatisfying(ProblemException.class,
					(ex) -> assertThat(ex.problem()).isEqualTo(Problem.PRECONDITION_FAILED));
			assertThat(slow.volumes.grow(DB, 4 * EXTENT, ScrubProgress.NONE).sizeBytes()).isEqualTo(4 * EXTENT);
		}
	}

	private static Precondition<Volume> size(long bytes) {
		return (volume) -> require(volume != null && volume.sizeBytes() == bytes);
	}

	private static void require(boolean holds) {
		if (!holds) {
			throw new ProblemException(Problem.PRECONDITION_FAILED, "It has changed");
		}
	}

	@Test
	void leavesNothingOfWhatIsCancelled() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			SpaceUsage before = slow.usage();
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.create(DB, VolumeSpec.ofSize(before.total())));
			assertThat(operation.cancellable()).isTrue();
			slow.operations.cancel(operation.id());
			slow.engine.release();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.CANCELLED);
			assertThat(slow.volumes.find(DB)).isEmpty();
			assertThat(slow.usage()).isEqualTo(before);
			slow.volumes.create(DB, SPEC);
		}
	}

	@Test
	void keepsTheOldSizeIfGrowthIsCancelled() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.volumes.create(DB, SPEC);
			SpaceUsage before = slow.usage();
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.grow(DB, before.total()));
			slow.operations.cancel(operation.id());
			slow.engine.release();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.CANCELLED);
			await().until(() -> slow.volumes.find(DB).orElseThrow().state() == VolumeState.READY);
			assertThat(slow.volumes.find(DB).orElseThrow().sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(slow.usage()).isEqualTo(before);
			slow.volumes.grow(DB, 3 * EXTENT, ScrubProgress.NONE);
		}
	}

	/** What takes long is asked again when it is about to change something. */
	@Test
	void doesNotGrowForWhoHasLostTheVolumeMeanwhile() throws IOException {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.volumes.create(DB, SPEC);
			SpaceUsage before = slow.usage();
			long first = slow.leases.take(DB, Duration.ofMinutes(5), false).number();
			slow.engine.hold(IoKind.ZERO);
			refused(Problem.LEASE_LOST, () -> slow.tasks.grow(DB, 4 * EXTENT));
			OperationSnapshot operation = operation(slow.tasks.grow(DB, 4 * EXTENT, first, Precondition.none()));
			refused(Problem.LEASE_LOST, () -> slow.tasks.grow(DB, 4 * EXTENT));
			long second = slow.leases.take(DB, Duration.ofMinutes(5), true).number();
			slow.engine.release();
			OperationSnapshot ended = awaitEnd(slow, operation);
			assertThat(ended.state()).isEqualTo(OperationState.FAILED);
			assertThat(Objects.requireNonNull(ended.error()).code()).isEqualTo("lease-lost");
			await().until(() -> slow.volumes.find(DB).orElseThrow().state() == VolumeState.READY);
			assertThat(slow.volumes.find(DB).orElseThrow().sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(slow.usage().used()).isEqualTo(before.used());
			assertThat(slow.volumes.grow(DB, 3 * EXTENT, second, Precondition.none(), ScrubProgress.NONE).sizeBytes())
				.isEqualTo(3 * EXTENT);
		}
	}

	@Test
	void deletesWhatIsBeingMade() throws Exception {
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.engine.hold(IoKind.ZERO);
			OperationSnapshot operation = operation(slow.tasks.create(DB, VolumeSpec.ofSize(slow.usage().total())));
			Thread deletion = Thread.ofVirtual().start(() -> slow.volumes.delete(DB));
			await().until(() -> deletion.getState() == Thread.State.WAITING);
			slow.engine.release();
			deletion.join();
			assertThat(slow.volumes.find(DB)).isEmpty();
			assertThat(awaitEnd(slow, operation).state()).isEqualTo(OperationState.CANCELLED);
		}
	}

	@Test
	void resumesAfterARestart() throws IOException {
		Path file = SlowRig.dirty(this.directory, SIZE);
		OperationSnapshot creation;
		OperationSnapshot growth;
		VolumeKey grown = new VolumeKey("acme", "grown");
		try (SlowRig slow = new SlowRig(this.directory, file)) {
			slow.volumes.create(grown, VolumeSpec.ofSize(4096));
			slow.engine.hold(IoKind.ZERO);
			creation = operation(slow.tasks.create(DB, VolumeSpec.ofSize(25 * EXTENT)));
			long lease = slow.leases.take(grown, Duration.ofMinutes(5), false).number();
			growth = operation(slow.tasks.grow(grown, 30 * EXTENT, lease, Precondition.none()));
		}
		try (SlowRig slow = new SlowRig(this.directory, file)) {
			assertThat(slow.operations.find(creation.id()).orElseThrow().state()).isEqualTo(OperationState.RUNNING);
			slow.tasks.resume();
			assertThat(awaitEnd(slow, creation).state()).isEqualTo(OperationState.SUCCEEDED);
			assertThat(awaitEnd(slow, growth).state()).isEqualTo(OperationState.SUCCEEDED);
			assertThat(slow.volumes.find(DB).orElseThrow().sizeBytes()).isEqualTo(25 * EXTENT);
			assertThat(slow.volumes.find(grown).orElseThrow().sizeBytes()).isEqualTo(30 * EXTENT);
			assertThat(slow.volumes.create(DB, VolumeSpec.ofSize(25 * EXTENT)).created()).isFalse();
		}
	}

	@Test
	void saysWhyItCouldNotBeResumed() throws IOException {
		OperationSnapshot operation;
		try (SlowRig slow = new SlowRig(this.directory, SlowRig.dirty(this.directory, SIZE))) {
			slow.engine.hold(IoKind.ZERO);
			operation = operation(slow.tasks.create(DB, VolumeSpec.ofSize(slow.usage().total())));
		}
		try (SlowRig slow = new SlowRig(this.directory, Rig.sparse(this.directory, "small.img", 16 << 20))) {
			slow.tasks.resume();
			OperationSnapshot ended = awaitEnd(slow, operation);
			assertThat(ended.state()).isEqualTo(OperationState.FAILED);
			assertThat(Objects.requireNonNull(ended.error()).code()).isEqualTo("no-space");
			assertThat(slow.volumes.find(DB)).isEmpty();
		}
	}

	private static Creation creation(VolumeTasks.Outcome outcome) {
		return Objects.requireNonNull(outcome.creation());
	}

	private static OperationSnapshot operation(VolumeTasks.Outcome outcome) {
		return Objects.requireNonNull(outcome.operation());
	}

	private static OperationSnapshot awaitEnd(SlowRig slow, OperationSnapshot operation) {
		return await().until(() -> slow.operations.find(operation.id()).orElseThrow(),
				(present) -> present.state() != OperationState.RUNNING);
	}

	private static void refused(Problem problem, ThrowingCallable call) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(problem));
	}

}
