package dev.holdfast.buffer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.Tier;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of {@link Buffers}, on the real kernel and a real catalog.
 */
@RequiresIoUring
class BuffersTests {

	private static final long MIB = 1 << 20;

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final BufferKey KEY = new BufferKey("acme", "b1");

	private static final BufferSpec ONE_MIB = new BufferSpec(MIB, Pages.SMALL);

	private final AtomicLong lockable = new AtomicLong(Long.MAX_VALUE);

	private final AtomicLong available = new AtomicLong(Long.MAX_VALUE);

	private final Followed listener = new Followed();

	@TempDir
	Path directory;

	private Rig rig;

	private Catalog catalog;

	private Buffers buffers;

	@BeforeEach
	void open() {
		this.catalog = Catalog.open(this.directory.resolve("catalog.db"));
		start();
	}

	private void start() {
		this.rig = Rig.open(Rig.Kind.URING);
		this.buffers = new Buffers(this.catalog, Clock.systemUTC(), this.rig.engine(),
				new Memlock(this.rig.engine(), this.lockable.get(), this.available::get), (tenant, bytes, use) -> {
				}, this.listener);
		this.buffers.start();
	}

	@AfterEach
	void close() throws Exception {
		stop();
		this.catalog.close();
	}

	private void stop() throws Exception {
		this.buffers.close();
		assertThat(this.rig.engine().lockedBytes()).as("what the rings themselves lock").isEqualTo(ringBytes());
		this.rig.close();
	}

	private static long ringBytes() throws Exception {
		try (Rig bare = Rig.open(Rig.Kind.URING)) {
			return bare.engine().lockedBytes();
		}
	}

	@Test
	@DisplayName("Rule 16: memory comes from the service")
	void shouldMakeRegisteredMemoryThatIsZero() {
		Buffers.Declared declared = this.buffers.declare(KEY, ONE_MIB);
		assertThat(declared.created()).isTrue();
		assertThat(declared.status().state()).isEqualTo(BufferState.READY);
		assertThat(declared.status().tier()).isEqualTo(Tier.BVEC);
		assertThat(declared.status().pages()).isEqualTo(Pages.SMALL);
		BufferHandle handle = this.buffers.open(KEY);
		assertThat(handle.size()).isEqualTo(MIB);
		assertThat(isZero(handle)).isTrue();
	}

	@Test
	void shouldTakeTheSameDeclarationAgainAndRefuseAnother() {
		this.buffers.declare(KEY, ONE_MIB);
		BufferHandle handle = this.buffers.open(KEY);
		assertThat(this.buffers.declare(KEY, ONE_MIB).created()).isFalse();
		assertThat(this.buffers.open(KEY)).isSameAs(handle);
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.buffers.declare(KEY, new BufferSpec(2 * MIB, Pages.SMALL)));
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.buffers.declare(KEY, new BufferSpec(MIB, Pages.AUTO)));
		assertThat(this.buffers.list("acme")).hasSize(1);
		assertThat(this.buffers.list("other")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -4096, 1, 4097, BufferSpec.LARGEST + 4096 })
	void shouldRefuseSizesThatAreNone(long size) {
		Refusals.of((size > 0 && size % 4096 == 0) ? Problem.TOO_LARGE : Problem.MALFORMED_REQUEST,
				() -> new BufferSpec(size, Pages.AUTO));
	}

	@Test
	void shouldRefuseHugePagesOfASizeThatIsNoMultiple() {
		Refusals.of(Problem.MALFORMED_REQUEST, () -> new BufferSpec(MIB, Pages.LARGE));
		Refusals.of(Problem.MALFORMED_REQUEST, () -> new BufferSpec(512 * MIB, Pages.HUGE));
	}

	@Test
	void shouldFallBackToSmallPagesAndSayWhyWhereHugeOnesAreNotThere() {
		Buffers.Declared declared = this.buffers.declare(KEY, new BufferSpec(1 << 30, Pages.HUGE));
		assertThat(declared.status().pages()).isEqualTo(Pages.SMALL);
		assertThat(declared.status().pagesReason()).startsWith("pages of 1g: ");
		assertThat(declared.status().tier()).isEqualTo(Tier.BVEC);
	}

	@Test
	void shouldBeThereAgainAfterARestartZeroed() throws Exception {
		this.buffers.declare(KEY, ONE_MIB);
		BufferDeclaration declaration = this.buffers.open(KEY).declaration();
		write(this.buffers.open(KEY), (byte) 7);
		stop();
		start();
		assertThat(this.buffers.open(KEY).declaration()).isEqualTo(declaration);
		assertThat(this.buffers.find(KEY)).get().extracting(BufferStatus::tier).isEqualTo(Tier.BVEC);
		assertThat(isZero(this.buffers.open(KEY))).isTrue();
	}

	@Test
	void shouldForgetABufferThatWasDeleted() throws Exception {
		this.buffers.declare(KEY, ONE_MIB);
		UUID first = this.buffers.open(KEY).declaration().uuid();
		assertThat(this.buffers.delete(KEY, LONG)).isTrue();
		Refusals.of(Problem.NOT_FOUND, () -> this.buffers.open(KEY));
		Refusals.of(Problem.NOT_FOUND, () -> this.buffers.delete(KEY, LONG));
		assertThat(this.buffers.find(KEY)).isEmpty();
		stop();
		start();
		assertThat(this.buffers.list("acme")).isEmpty();
		this.buffers.declare(KEY, ONE_MIB);
		assertThat(this.buffers.open(KEY).declaration().uuid()).isNotEqualTo(first);
		assertThat(this.listener.events).containsExactly("ready b1", "undeclared", "leaving b1", "ready b1");
	}

	@Test
	@DisplayName("Rule 9: memory goes only once nobody uses it any more")
	void shouldKeepMemoryUntilItsLastUseHasEnded() {
		this.buffers.declare(KEY, ONE_MIB);
		BufferHandle handle = this.buffers.open(KEY);
		Region region = handle.take(0, 4096, true);
		assertThat(this.buffers.delete(KEY, Duration.ofMillis(50))).isFalse();
		assertThat(this.buffers.find(KEY)).get().extracting(BufferStatus::state).isEqualTo(BufferState.DELETING);
		Refusals.of(Problem.NOT_FOUND, () -> this.buffers.open(KEY));
		Refusals.of(Problem.NOT_FOUND, () -> handle.take(8192, 4096, false));
		Refusals.of(Problem.IN_USE, () -> this.buffers.declare(KEY, ONE_MIB));
		handle.bytes(region).fill((byte) 1);
		region.close();
		await().until(() -> this.buffers.find(KEY).isEmpty());
		assertThat(this.buffers.declare(KEY, ONE_MIB).created()).isTrue();
	}

	@Test
	@DisplayName("Rule 9: what was made of a buffer ends before its registration does")
	void shouldUnregisterOnlyAfterItsMappingsHaveEnded() {
		this.buffers.declare(KEY, ONE_MIB);
		long locked = this.rig.engine().lockedBytes();
		CompletableFuture<Void> mappings = new CompletableFuture<>();
		this.listener.ending = mappings;
		assertThat(this.buffers.delete(KEY, Duration.ofMillis(50))).isFalse();
		assertThat(this.rig.engine().lockedBytes()).isEqualTo(locked);
		mappings.complete(null);
		await().until(() -> this.buffers.find(KEY).isEmpty());
		assertThat(this.rig.engine().lockedBytes()).isEqualTo(locked - MIB);
	}

	@Test
	void shouldRefuseWhatMayNotBeLockedAndNameTheNumbers() throws Exception {
		stop();
		this.lockable.set(ringBytes() + 3 * MIB);
		start();
		this.buffers.declare(KEY, new BufferSpec(2 * MIB, Pages.SMALL));
		ProblemException refusal = Refusals.of(Problem.NO_SPACE,
				() -> this.buffers.declare(new BufferKey("acme", "b2"), new BufferSpec(2 * MIB, Pages.SMALL)));
		assertThat(refusal.properties()).containsEntry("limit", ringBytes() + 3 * MIB)
			.containsEntry("inUse", ringBytes() + 2 * MIB)
			.containsEntry("asked", 2 * MIB);
		assertThat(refusal.detail()).contains("RLIMIT_MEMLOCK", "ulimit -l");
		assertThat(this.buffers.list("acme")).hasSize(1);
		this.buffers.declare(new BufferKey("acme", "b2"), ONE_MIB);
	}

	@Test
	void shouldRefuseWhatTheNodeHasNoMemoryForAndFailItAtTheStart() throws Exception {
		this.buffers.declare(KEY, new BufferSpec(2 * MIB, Pages.SMALL));
		this.available.set(MIB);
		ProblemException refusal = Refusals.of(Problem.NO_SPACE,
				() -> this.buffers.declare(new BufferKey("acme", "b2"), new BufferSpec(2 * MIB, Pages.SMALL)));
		assertThat(refusal.detail()).contains("The node has 1MiB of memory left for buffers, and 2MiB were asked for");
		assertThat(this.buffers.list("acme")).hasSize(1);
		stop();
		start();
		assertThat(this.buffers.list("acme")).singleElement()
			.satisfies((failed) -> assertThat(failed.reason()).contains("The node has 1MiB of memory left"));
	}

	@Test
	void shouldNotLetTwoTakeTheSameRest() throws Exception {
		stop();
		this.lockable.set(ringBytes() + 4 * MIB);
		start();
		List<CompletableFuture<Boolean>> tries = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			BufferKey key = new BufferKey("acme", "n" + i);
			tries.add(CompletableFuture.supplyAsync(() -> declares(key)));
		}
		assertThat(tries.stream().filter(CompletableFuture::join).count()).isEqualTo(4);
		assertThat(this.buffers.list("acme")).hasSize(4);
	}

	private boolean declares(BufferKey key) {
		try {
			return this.buffers.declare(key, ONE_MIB).created();
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).isEqualTo(Problem.NO_SPACE);
			return false;
		}
	}

	@Test
	void shouldStartWithoutABufferThatDoesNotFitAnyMoreAndMakeItOnceItDoes() throws Exception {
		this.buffers.declare(KEY, ONE_MIB);
		this.buffers.declare(new BufferKey("acme", "b2"), ONE_MIB);
		stop();
		this.lockable.set(ringBytes() + MIB);
		start();
		List<BufferState> states = this.buffers.list("acme").stream().map(BufferStatus::state).sorted().toList();
		assertThat(states).containsExactly(BufferState.READY, BufferState.FAILED);
		BufferStatus failed = this.buffers.list("acme")
			.stream()
			.filter((buffer) -> buffer.state() == BufferState.FAILED)
			.findFirst()
			.orElseThrow();
		assertThat(failed.reason()).contains("RLIMIT_MEMLOCK");
		Refusals.of(Problem.OVERLOADED, () -> this.buffers.open(failed.declaration().key()));
		BufferKey other = failed.declaration().key().equals(KEY) ? new BufferKey("acme", "b2") : KEY;
		this.buffers.delete(other, LONG);
		await().atMost(LONG).until(() -> this.buffers.list("acme").getFirst().state() == BufferState.READY);
	}

	@Test
	@DisplayName("Rule 12: any sub-range of a buffer is usable, and nothing outside of it")
	void shouldGiveAnySubRange() {
		this.buffers.declare(KEY, ONE_MIB);
		BufferHandle handle = this.buffers.open(KEY);
		for (long[] outside : new long[][] { { -1, 1 }, { 0, -1 }, { MIB, 1 }, { 0, MIB + 1 }, { MIB - 1, 2 },
				{ Long.MAX_VALUE, 1 }, { 1, Long.MAX_VALUE } }) {
			Refusals.of(Problem.RANGE_NOT_SATISFIABLE, () -> handle.take(outside[0], outside[1], false));
		}
		try (Region last = handle.take(MIB - 3, 3, true)) {
			assertThat(handle.bytes(last).byteSize()).isEqualTo(3);
		}
		assertThat(handle.inUse()).isZero();
	}

	@Test
	@DisplayName("Rule 14: bytes that somebody uses are not handed out in conflict")
	void shouldRefuseBytesThatAreInUse() {
		this.buffers.declare(KEY, ONE_MIB);
		BufferHandle handle = this.buffers.open(KEY);
		try (Region region = handle.take(4096, 4096, true)) {
			assertThat(region).isNotNull();
			Refusals.of(Problem.REGION_IN_FLIGHT, () -> handle.take(8191, 1, false));
			handle.take(8192, 1, true).close();
		}
		handle.take(8191, 1, false).close();
	}

	private static boolean isZero(BufferHandle handle) {
		try (Region all = handle.take(0, handle.size(), false)) {
			MemorySegment bytes = handle.bytes(all);
			return bytes.mismatch(MemorySegment.ofArray(new byte[(int) bytes.byteSize()])) < 0;
		}
	}

	private static void write(BufferHandle handle, byte value) {
		try (Region all = handle.take(0, handle.size(), true)) {
			handle.bytes(all).set(ValueLayout.JAVA_BYTE, 0, value);
			handle.bytes(all).fill(value);
		}
	}

	/** Hears of buffers, and says when what was made of them has ended. */
	private static final class Followed implements BufferListener {

		private final List<String> events = new ArrayList<>();

		private CompletableFuture<Void> ending = CompletableFuture.completedFuture(null);

		@Override
		public void declared(BufferDeclaration buffer) {
		}

		@Override
		public synchronized void ready(BufferHandle buffer) {
			this.events.add("ready " + buffer.key().name());
		}

		@Override
		public synchronized CompletableFuture<Void> leaving(BufferHandle buffer) {
			this.events.add("leaving " + buffer.key().name());
			return this.ending;
		}

		@Override
		public synchronized void undeclared(UUID buffer) {
			this.events.add("undeclared");
		}

	}

}
