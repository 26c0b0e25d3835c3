package dev.holdfast.volume;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.Refusals;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VolumeNamesTests {

	private static final int MIB = 1 << 20;

	private final Map<String, Long> capacities = new ConcurrentHashMap<>(Map.of("acme", 10L * MIB));

	private final VolumeNames names = new VolumeNames(new Tenancy() {

		@Override
		public boolean exists(String tenant) {
			return VolumeNamesTests.this.capacities.containsKey(tenant);
		}

		@Override
		public long capacityBytes(String tenant) {
			return VolumeNamesTests.this.capacities.getOrDefault(tenant, 0L);
		}

	});

	@Test
	void shouldSayWhatIsInUseAndWhatWasAskedFor() {
		claim("a", 7);
		ProblemException refused = Refusals.of(Problem.QUOTA_EXCEEDED, () -> claim("b", 4));
		assertThat(refused.properties()).containsEntry("limit", 10L * MIB)
			.containsEntry("used", 7L * MIB)
			.containsEntry("requested", 4L * MIB);
		assertThat(refused.detail()).contains("capacityBytes");
		claim("b", 3);
		assertThat(this.names.used("acme")).isEqualTo(10L * MIB);
	}

	@Test
	void shouldFindAVolumeWhateverTheQuota() {
		VolumeHandle there = claim("a", 7);
		this.capacities.put("acme", 0L);
		assertThat(this.names.claim(there.volume().key(), handle("a", 7))).isSameAs(there);
	}

	@Test
	void shouldTakeWhatComesWithADeviceWhateverTheQuota() {
		VolumeHandle arriving = handle("a", 20);
		assertThat(this.names.admit(arriving.volume().key(), arriving)).isSameAs(arriving);
		assertThat(this.names.used("acme")).isEqualTo(20L * MIB);
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> claim("b", 1));
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> this.names.setAside(arriving, 21L * MIB));
	}

	@Test
	void shouldSetBytesAsideForGrowthAndGiveThemBack() {
		VolumeHandle growing = claim("a", 2);
		this.names.setAside(growing, 8L * MIB);
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> claim("b", 3));
		growing.setAside(0);
		claim("b", 8);
		Refusals.of(Problem.QUOTA_EXCEEDED, () -> this.names.setAside(growing, 3L * MIB));
	}

	@RepeatedTest(20)
	void shouldNotShareTheLastOfAQuota() throws Exception {
		AtomicInteger made = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		CountDownLatch start = new CountDownLatch(1);
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			for (int i = 0; i < 40; i++) {
				String name = "v" + i;
				threads.execute(() -> {
					awaitStart(start);
					try {
						claim(name, 1);
						made.incrementAndGet();
					}
					catch (ProblemException ex) {
						refused.incrementAndGet();
					}
				});
			}
			start.countDown();
		}
		assertThat(made).hasValue(10);
		assertThat(refused).hasValue(30);
	}

	@RepeatedTest(50)
	void shouldMakeNothingForATenantOnItsWayOut() throws Exception {
		AtomicBoolean removed = new AtomicBoolean();
		AtomicBoolean made = new AtomicBoolean();
		CountDownLatch start = new CountDownLatch(1);
		try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
			threads.execute(() -> attempt(start, () -> this.names.whileUnused("acme", () -> false, () -> {
				this.capacities.remove("acme");
				removed.set(true);
			})));
			threads.execute(() -> attempt(start, () -> {
				claim("a", 1);
				made.set(true);
			}));
			start.countDown();
		}
		assertThat(made.get()).isNotEqualTo(removed.get());
	}

	@Test
	void shouldKeepATenantOfWhichSomethingIsLeft() {
		Refusals.of(Problem.IN_USE, () -> this.names.whileUnused("acme", () -> true, () -> {
			throw new AssertionError("it has something");
		}));
	}

	private static void attempt(CountDownLatch start, Runnable work) {
		awaitStart(start);
		try {
			work.run();
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).isIn(Problem.IN_USE, Problem.NOT_FOUND);
		}
	}

	private static void awaitStart(CountDownLatch start) {
		try {
			start.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private VolumeHandle claim(String name, int mebibytes) {
		VolumeHandle fresh = handle(name, mebibytes);
		assertThat(this.names.claim(fresh.volume().key(), fresh)).isNull();
		return fresh;
	}

	private static VolumeHandle handle(String name, int mebibytes) {
		VolumeSpec spec = VolumeSpec.ofSize((long) mebibytes * MIB);
		return new VolumeHandle(Volume.planned(new VolumeKey("acme", name), UUID.randomUUID(), spec), spec,
				MemoryLeases.fences());
	}

}
