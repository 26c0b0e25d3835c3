package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.Rig;
import dev.holdfast.operation.SettableClock;
import dev.holdfast.testing.Refusals;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LeasesTests {

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeSpec SPEC = VolumeSpec.ofSize(1 << 20);

	private static final Duration TTL = Duration.ofSeconds(30);

	private static final Duration ALMOST = TTL.minusMillis(1);

	private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

	@TempDir
	private Path directory;

	private final MemoryIndex index = new MemoryIndex();

	private final AtomicReference<Runnable> onStore = new AtomicReference<>(() -> {
	});

	private final MemoryLeases stored = new MemoryLeases(() -> this.onStore.get().run());

	private final SettableClock clock = new SettableClock(NOON);

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private Rig rig;

	private Device device;

	private Volumes volumes;

	private Leases leases;

	@BeforeEach
	void begin() throws IOException {
		this.rig = Rig.open(Rig.Kind.PSYNC);
		this.device = this.rig.attach(Rig.sparse(this.directory, 64 << 20));
		start(this.stored);
		this.volumes.create(DB, SPEC);
	}

	@AfterEach
	void end() throws IOException {
		this.rig.close();
	}

	private void start(LeaseStore store) {
		Fences fences = new Fences(store, this.clock, this.nanos::get);
		this.volumes = this.index.open(fences, Duration.ofMillis(50), this.device);
		this.leases = new Leases(this.volumes, fences, Duration.ofMillis(50));
	}

	private void pass(Duration time) {
		this.clock.advance(time);
		this.nanos.addAndGet(time.toNanos());
	}

	@Test
	void shouldLetOnlyTheHolderPassWhileItLives() {
		passes(VolumeLease.NONE);
		VolumeLease lease = take();
		assertThat(lease.expiresAt()).isEqualTo(NOON.plus(TTL));
		assertThat(this.leases.find(DB)).hasValue(lease);
		passes(lease.number());
		assertThat(lost(VolumeLease.NONE).properties()).containsEntry("expiresAt", "2026-11-27T12:00:30Z");
		lost(lease.number() - 1);
		lost(lease.number() + 1);
		pass(ALMOST);
		passes(lease.number());
		lost(VolumeLease.NONE);
		pass(Duration.ofMillis(1));
		passes(VolumeLease.NONE);
		assertThat(lost(lease.number()).properties()).doesNotContainKey("expiresAt");
		assertThat(this.leases.find(DB)).isEmpty();
	}

	@Test
	void shouldRefuseANumberOfAVolumeThatWasNeverLeased() {
		lost(1);
		lost(Long.MAX_VALUE);
	}

	@Test
	void shouldGiveOneLeaseAtATimeUnlessItIsTakenOver() {
		VolumeLease first = take();
		Refusals.of(Problem.LEASE_LOST, this::take);
		VolumeLease second = this.leases.take(DB, TTL, true);
		assertThat(second.number()).isGreaterThan(first.number());
		passes(second.number());
		lost(first.number());
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.renew(DB, first.number(), TTL));
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.release(DB, first.number()));
		assertThat(this.leases.find(DB)).hasValue(second);
	}

	@Test
	void shouldRenewALeaseThatLivesAndNoOther() {
		VolumeLease lease = take();
		pass(ALMOST);
		VolumeLease renewed = this.leases.renew(DB, lease.number(), Duration.ofSeconds(60));
		assertThat(renewed)
			.isEqualTo(new VolumeLease(lease.number(), Duration.ofSeconds(60), NOON.plus(ALMOST).plusSeconds(60)));
		pass(Duration.ofSeconds(59));
		passes(lease.number());
		this.leases.renew(DB, lease.number(), Duration.ofSeconds(1));
		pass(Duration.ofSeconds(1));
		passes(VolumeLease.NONE);
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.renew(DB, lease.number(), TTL));
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.renew(DB, lease.number() + 1, TTL));
		assertThat(this.leases.find(DB)).isEmpty();
	}

	/** Nobody slips in between the old end and the new one. */
	@Test
	void shouldLiveOnWhileARenewalIsStored() {
		VolumeLease lease = take();
		AtomicBoolean stored = new AtomicBoolean();
		this.onStore.set(() -> {
			pass(TTL);
			lost(VolumeLease.NONE);
			passes(lease.number());
			stored.set(true);
		});
		this.leases.renew(DB, lease.number(), TTL.multipliedBy(2));
		assertThat(stored).isTrue();
	}

	@Test
	void shouldChangeNothingThatIsNotStored() {
		this.onStore.set(LeasesTests::fail);
		assertThatIllegalStateException().isThrownBy(this::take);
		passes(VolumeLease.NONE);
		this.onStore.set(() -> {
		});
		VolumeLease lease = take();
		this.onStore.set(LeasesTests::fail);
		assertThatIllegalStateException().isThrownBy(() -> this.leases.take(DB, TTL, true));
		assertThatIllegalStateException().isThrownBy(() -> this.leases.renew(DB, lease.number(), TTL.plus(TTL)));
		assertThatIllegalStateException().isThrownBy(() -> this.leases.release(DB, lease.number()));
		passes(lease.number());
		assertThat(this.leases.find(DB)).hasValue(lease);
		pass(TTL);
		passes(VolumeLease.NONE);
	}

	private static void fail() {
		throw new IllegalStateException("the disk is full");
	}

	@Test
	void shouldEndWhenItsHolderSaysSo() {
		Refusals.of(Problem.NOT_FOUND, () -> this.leases.release(DB, VolumeLease.NONE));
		VolumeLease lease = take();
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.release(DB, VolumeLease.NONE));
		this.leases.release(DB, lease.number());
		assertThat(this.leases.find(DB)).isEmpty();
		passes(VolumeLease.NONE);
		lost(lease.number());
		Refusals.of(Problem.LEASE_LOST, () -> this.leases.release(DB, lease.number()));
		start(this.stored);
		lost(lease.number());
		assertThat(take().number()).isGreaterThan(lease.number());
	}

	@Test
	void shouldLiveOnAfterARestartForWhatItHadLeft() {
		VolumeLease lease = take();
		pass(Duration.ofSeconds(10));
		this.nanos.set(77);
		start(this.stored);
		passes(lease.number());
		lost(VolumeLease.NONE);
		this.clock.advance(Duration.ofSeconds(10));
		// The time of day does not count while it runs, in either direction.
		passes(lease.number());
		this.nanos.addAndGet(Duration.ofSeconds(20).toNanos());
		lost(lease.number());
		passes(VolumeLease.NONE);
	}

	@Test
	void shouldNotLiveLongerBecauseTheClockWasSetBack() {
		VolumeLease lease = take();
		this.clock.advance(Duration.ofDays(-1000));
		start(this.stored);
		passes(lease.number());
		this.nanos.addAndGet(TTL.toNanos());
		lost(lease.number());
		VolumeLease next = take();
		assertThat(next.number()).isGreaterThan(lease.number());
		lost(lease.number());
	}

	@Test
	void shouldCountTheTimeThatItWasDown() {
		VolumeLease lease = take();
		this.clock.advance(TTL);
		start(this.stored);
		passes(VolumeLease.NONE);
		lost(lease.number());
		assertThat(take().number()).isGreaterThan(lease.number());
	}

	/** As after a restore, or on another node that knows nothing of them. */
	@Test
	void shouldNotGiveANumberAgainThatIsNotKnownHere() {
		VolumeLease first = take();
		VolumeLease last = first;
		for (int i = 0; i < 10; i++) {
			pass(Duration.ofMillis(1));
			last = this.leases.take(DB, TTL, true);
		}
		pass(Duration.ofMillis(1));
		start(new MemoryLeases());
		lost(last.number());
		assertThat(take().number()).isGreaterThan(last.number());
		lost(last.number());
	}

	@Test
	void shouldNotComeBackWithAnotherVolumeOfTheName() {
		VolumeLease lease = take();
		Refusals.of(Problem.LEASE_LOST, () -> this.volumes.delete(DB));
		Refusals.of(Problem.LEASE_LOST, () -> this.volumes.delete(DB, lease.number() - 1, Precondition.none()));
		this.volumes.open(DB);
		this.volumes.delete(DB, lease.number(), Precondition.none());
		assertThat(this.stored.load()).isEmpty();
		Refusals.of(Problem.NOT_FOUND, () -> this.leases.find(DB));
		Refusals.of(Problem.NOT_FOUND, this::take);
		Refusals.of(Problem.NOT_FOUND, () -> this.leases.renew(DB, lease.number(), TTL));
		this.volumes.create(DB, SPEC);
		passes(VolumeLease.NONE);
		lost(lease.number());
	}

	@Test
	void shouldBeNeededToGrow() {
		VolumeLease lease = take();
		Refusals.of(Problem.LEASE_LOST, () -> this.volumes.grow(DB, 8 << 20, ScrubProgress.NONE));
		assertThat(this.volumes.grow(DB, 8 << 20, lease.number(), Precondition.none(), ScrubProgress.NONE).sizeBytes())
			.isEqualTo(8 << 20);
	}

	@Test
	void shouldChangeNothingWhileIoDoesNotEnd() {
		VolumeLease lease = take();
		VolumeHandle handle = this.volumes.open(DB);
		try (Pin pin = handle.pin(lease.number(), Long.MAX_VALUE)) {
			assertThat(pin.devices()).hasSize(1);
			Refusals.of(Problem.IN_USE, () -> this.leases.take(DB, TTL, true));
			passes(lease.number());
			assertThat(this.leases.find(DB)).hasValue(lease);
			assertThat(this.leases.renew(DB, lease.number(), TTL).number()).isEqualTo(lease.number());
		}
		assertThat(this.leases.take(DB, TTL, true).number()).isGreaterThan(lease.number());
	}

	@Test
	void shouldHaveLimits() {
		for (Duration wrong : new Duration[] { Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMillis(999),
				Duration.ofSeconds(86_401), Duration.ofSeconds(Long.MAX_VALUE) }) {
			Refusals.of(Problem.MALFORMED_REQUEST, () -> this.leases.take(DB, wrong, false));
		}
		VolumeLease longest = this.leases.take(DB, Duration.ofDays(1), false);
		Refusals.of(Problem.MALFORMED_REQUEST, () -> this.leases.renew(DB, longest.number(), Duration.ZERO));
		Refusals.of(Problem.NOT_FOUND, () -> this.leases.find(new VolumeKey("acme", "other")));
	}

	private VolumeLease take() {
		return this.leases.take(DB, TTL, false);
	}

	private void passes(long shown) {
		this.volumes.open(DB).pin(shown, Long.MAX_VALUE).close();
	}

	private ProblemException lost(long shown) {
		return Refusals.of(Problem.LEASE_LOST, () -> this.volumes.open(DB).pin(shown, Long.MAX_VALUE));
	}

}
