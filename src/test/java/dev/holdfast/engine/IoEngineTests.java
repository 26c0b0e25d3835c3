package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.uring.sys.Errno;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.engine.EngineFixture.KIB;
import static dev.holdfast.engine.EngineFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What every engine promises, on real files and loop devices.
 */
@RequiresIoUring
class IoEngineTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource
	void shouldReadWhatWasWritten(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 8 * MIB)) {
			IoBuffer buffer = fixture.buffer(2 * MIB);
			MemorySegment written = buffer.memory().asSlice(0, MIB);
			EngineFixture.fillRandom(written, 1);

			fixture.write(4096, buffer, 0, MIB);
			fixture.read(4096, buffer, MIB, MIB);

			assertThat(written.mismatch(buffer.memory().asSlice(MIB, MIB))).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldCompleteLargeOperationsAsOne(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 32 * MIB)) {
			IoBuffer buffer = fixture.buffer(16 * MIB);
			long length = 7 * MIB + 12 * KIB;
			EngineFixture.fillRandom(buffer.memory().asSlice(0, length), 2);

			SyncIo io = fixture.io();
			io.operation().write(fixture.device(), 8 * KIB, buffer, 0, length, true);
			io.run();
			assertThat(io.operation().bytes()).isEqualTo(length);
			fixture.read(8 * KIB, buffer, 8 * MIB, length);

			assertThat(buffer.memory().asSlice(0, length).mismatch(buffer.memory().asSlice(8 * MIB, length)))
				.isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldMatchAModelUnderRandomOperations(EngineKind kind) throws Exception {
		long seed = System.nanoTime();
		System.out.println("seed " + seed);
		Random random = new Random(seed);
		int blocks = 512;
		byte[] model = new byte[blocks * 4096];
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, model.length)) {
			IoBuffer buffer = fixture.buffer(MIB);
			for (int i = 0; i < 400; i++) {
				int length = (1 + random.nextInt(64)) * 4096;
				int offset = random.nextInt(blocks - length / 4096 + 1) * 4096;
				MemorySegment region = buffer.memory().asSlice(0, length);
				SyncIo io = fixture.io();
				switch (random.nextInt(4)) {
					case 0 -> {
						EngineFixture.fillRandom(region, random.nextLong());
						MemorySegment.copy(region, 0, MemorySegment.ofArray(model), offset, length);
						io.operation().write(fixture.device(), offset, buffer, 0, length, random.nextBoolean());
						io.run();
					}
					case 1 -> {
						MemorySegment.ofArray(model).asSlice(offset, length).fill((byte) 0);
						io.operation().zero(fixture.device(), offset, length);
						io.run();
					}
					case 2 -> {
						io.operation().flush(fixture.device());
						io.run();
					}
					default -> {
						io.operation().read(fixture.device(), offset, buffer, 0, length);
						io.run();
						assertThat(region.mismatch(MemorySegment.ofArray(model).asSlice(offset, length))).isEqualTo(-1);
					}
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldServeManyThreads(EngineKind kind) throws Exception {
		int threads = 8;
		int each = 300;
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 8 * MIB)) {
			IoBuffer buffer = fixture.buffer(2L * threads * 4096);
			List<CompletableFuture<Void>> done = new ArrayList<>();
			for (int t = 0; t < threads; t++) {
				int own = t;
				done.add(CompletableFuture.runAsync(() -> writeAndReadBack(fixture, buffer, own, threads, each),
						Thread::startVirtualThread));
			}
			CompletableFuture.allOf(done.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
			assertThat(fixture.device().inFlight()).isZero();
		}
	}

	private static void writeAndReadBack(EngineFixture fixture, IoBuffer buffer, int own, int threads, int each) {
		long source = own * 4096L;
		long target = (threads + own) * 4096L;
		try {
			for (int i = 0; i < each; i++) {
				long offset = (own + (long) threads * (i % 100)) * 4096;
				buffer.memory().set(ValueLayout.JAVA_LONG, source, (long) own << 32 | i);
				fixture.write(offset, buffer, source, 4096);
				fixture.read(offset, buffer, target, 4096);
				assertThat(buffer.memory().get(ValueLayout.JAVA_LONG, target)).isEqualTo((long) own << 32 | i);
			}
		}
		catch (IoFailedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldDiscardHolesThatReadAsZeroesOrAsBefore(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 8 * MIB)) {
			IoBuffer buffer = fixture.buffer(MIB);
			EngineFixture.fillRandom(buffer.memory(), 3);
			fixture.write(0, buffer, 0, MIB);

			SyncIo io = fixture.io();
			io.operation().discard(fixture.device(), 4096, 8192);
			io.run();
			fixture.read(0, buffer, 0, 16 * KIB);

			MemorySegment kept = MemorySegment.ofArray(new byte[4096]);
			EngineFixture.fillRandom(buffer.memory().asSlice(512 * KIB, 4096), 3);
			kept.copyFrom(buffer.memory().asSlice(512 * KIB, 4096));
			assertThat(buffer.memory().asSlice(0, 4096).mismatch(kept)).isEqualTo(-1);
			assertThat(buffer.memory().asSlice(4096, 8192).mismatch(MemorySegment.ofArray(new byte[8192])))
				.isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldTellOfReadsBehindTheEnd(EngineKind kind) {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, MIB)) {
			IoBuffer buffer = fixture.buffer(MIB);
			SyncIo io = fixture.io();
			io.operation().read(fixture.device(), MIB - 8 * KIB, buffer, 0, 16 * KIB);

			assertThatExceptionOfType(IoFailedException.class).isThrownBy(io::run).satisfies((ex) -> {
				assertThat(ex.errno()).isEqualTo(Errno.EIO);
				assertThat(ex.bytes()).isEqualTo(8 * KIB);
				assertThat(ex.offset()).isEqualTo(MIB - 8 * KIB);
				assertThat(ex.kind()).isEqualTo(IoKind.READ);
			});
			assertThat(io.operation().noProgress()).isTrue();
			assertThat(fixture.engine().statistics().errors())
				.containsExactly(new EngineStatistics.ErrorLine("d0", IoKind.READ, Errno.EIO, 1));
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldRefuseWhatIsNotAligned(EngineKind kind) {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, MIB)) {
			IoBuffer buffer = fixture.buffer(64 * KIB);
			IoOperation operation = fixture.io().operation();
			IoDevice device = fixture.device();

			assertThatIllegalArgumentException().isThrownBy(() -> operation.read(device, 1, buffer, 0, 4096));
			assertThatIllegalArgumentException().isThrownBy(() -> operation.read(device, 0, buffer, 0, 100));
			assertThatIllegalArgumentException().isThrownBy(() -> operation.read(device, -4096, buffer, 0, 4096));
			assertThatIllegalArgumentException().isThrownBy(() -> operation.zero(device, 0, 0));
			assertThatExceptionOfType(IndexOutOfBoundsException.class)
				.isThrownBy(() -> operation.read(device, 0, buffer, 64 * KIB, 4096));
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldRefuseMoreThanTheDeviceMayQueueAndLeakNothing(EngineKind kind) {
		DeviceLimits limits = new DeviceLimits(1, 8);
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 64 * MIB, limits)) {
			IoBuffer buffer = fixture.buffer(16 * MIB);
			List<SyncIo> accepted = new ArrayList<>();
			int refused = 0;
			for (int i = 0; i < 64; i++) {
				SyncIo io = fixture.io();
				io.operation().write(fixture.device(), 0, buffer, 0, 16 * MIB, false);
				if (fixture.engine().submit(io.operation())) {
					accepted.add(io);
				}
				else {
					refused++;
				}
			}
			assertThat(refused).isPositive();
			fixture.engine().close(Duration.ofSeconds(60));
			assertThat(accepted).hasSizeGreaterThanOrEqualTo(8)
				.allSatisfy((io) -> assertThat(io.operation().errno()).isZero());
			assertThat(fixture.device().inFlight()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldFinishEverythingAcceptedBeforeItCloses(EngineKind kind) {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 64 * MIB)) {
			IoBuffer buffer = fixture.buffer(MIB);
			AtomicInteger released = new AtomicInteger();
			for (int i = 0; i < 200; i++) {
				IoOperation operation = new IoOperation(new Counting(released));
				operation.write(fixture.device(), i * 64L * KIB, buffer, 0, 64 * KIB, false);
				assertThat(fixture.engine().submit(operation)).isTrue();
			}

			assertThat(fixture.engine().close(Duration.ofSeconds(60))).isZero();

			assertThat(released).hasValue(200);
			assertThatIllegalStateException().isThrownBy(
					() -> fixture.engine().submit(new IoOperation(new Counting(released)).flush(fixture.device())));
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldGiveTheDescriptorBackOnDetach(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, MIB)) {
			IoBuffer buffer = fixture.buffer(64 * KIB);
			fixture.read(0, buffer, 0, 4096);

			fixture.engine().detach(fixture.device()).get(10, TimeUnit.SECONDS);

			SyncIo io = fixture.io();
			io.operation().read(fixture.device(), 0, buffer, 0, 4096);
			assertThatIllegalStateException().isThrownBy(() -> fixture.engine().submit(io.operation()));
			IoDevice again = fixture.engine()
				.attach(new DeviceFile("d1", fixture.descriptor(), false, 4096), DeviceLimits.DEFAULT);
			io.operation().read(again, 0, buffer, 0, 4096);
			io.run();
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldRefuseAnUnregisteredBuffer(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, MIB)) {
			IoBuffer buffer = fixture.buffer(64 * KIB);
			fixture.engine().unregister(buffer).get(10, TimeUnit.SECONDS);

			SyncIo io = fixture.io();
			io.operation().read(fixture.device(), 0, buffer, 0, 4096);
			assertThatIllegalStateException().isThrownBy(() -> fixture.engine().submit(io.operation()));
			assertThat(fixture.device().inFlight()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldAnswerAtTheDeadlineAndReleaseLater(EngineKind kind) throws Exception {
		DeviceLimits limits = new DeviceLimits(1, 64);
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, 128 * MIB, limits)) {
			IoBuffer buffer = fixture.buffer(64 * MIB);
			SyncIo first = fixture.io();
			first.operation().write(fixture.device(), 0, buffer, 0, 64 * MIB, false);
			first.start();
			SyncIo late = fixture.io();
			late.operation().write(fixture.device(), 64 * MIB, buffer, 0, 32 * MIB, false).deadline(System.nanoTime());

			assertThatExceptionOfType(IoFailedException.class).isThrownBy(late::run)
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ETIMEDOUT));
			late.awaitRelease();
			first.awaitRelease();
			assertThat(first.operation().errno()).isZero();
			assertThat(fixture.device().inFlight()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldCountWhatItAnswered(EngineKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, MIB)) {
			IoBuffer buffer = fixture.buffer(64 * KIB);
			fixture.read(0, buffer, 0, 4096);
			fixture.read(0, buffer, 0, 8192);

			assertThat(fixture.engine().statistics().devices()).singleElement().satisfies((line) -> {
				assertThat(line.device()).isEqualTo("d0");
				assertThat(line.kind()).isEqualTo(IoKind.READ);
				assertThat(line.tier()).isEqualTo(buffer.tier());
				assertThat(line.bytes()).isEqualTo(12 * KIB);
				assertThat(line.latency().count()).isEqualTo(2);
				assertThat(line.latency().sumSeconds()).isPositive();
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldServeALoopDeviceOf512ByteBlocks(EngineKind kind) throws Exception {
		try (LoopDevice loop = LoopDevice.create(Path.of("/dev/shm"), 16L * MIB);
				EngineFixture fixture = new EngineFixture(kind, loop.device(), true, DeviceLimits.DEFAULT)) {
			assertThat(fixture.device().blockSize()).isEqualTo(512);
			writeZeroAndDiscard(fixture, 512);
		}
	}

	@ParameterizedTest
	@EnumSource
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldServeALoopDeviceOf4096ByteBlocks(EngineKind kind) throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.directory, 16L * MIB, "--direct-io=on", "--sector-size=4096");
				EngineFixture fixture = new EngineFixture(kind, loop.device(), true, DeviceLimits.DEFAULT)) {
			assertThat(fixture.device().blockSize()).isEqualTo(4096);
			writeZeroAndDiscard(fixture, 4096);
		}
	}

	private static void writeZeroAndDiscard(EngineFixture fixture, int block) throws Exception {
		IoBuffer buffer = fixture.buffer(MIB);
		EngineFixture.fillRandom(buffer.memory(), 5);
		fixture.write(block, buffer, 0, 16L * block);
		SyncIo io = fixture.io();
		io.operation().zero(fixture.device(), 2L * block, block);
		io.run();
		io.operation().discard(fixture.device(), 8L * MIB, 4 * MIB);
		io.run();
		io.operation().flush(fixture.device());
		io.run();
		fixture.read(block, buffer, 512L * KIB, 16L * block);

		MemorySegment read = buffer.memory().asSlice(512L * KIB, 16L * block);
		assertThat(read.asSlice(0, block).mismatch(buffer.memory().asSlice(0, block))).isEqualTo(-1);
		assertThat(read.asSlice(block, block).mismatch(MemorySegment.ofArray(new byte[block]))).isEqualTo(-1);
		assertThat(read.asSlice(2L * block).mismatch(buffer.memory().asSlice(2L * block, 14L * block))).isEqualTo(-1);
	}

	/** Counts releases. */
	private record Counting(AtomicInteger released) implements IoListener {

		@Override
		public void answered(IoOperation operation) {
			assertThat(operation.errno()).isZero();
		}

		@Override
		public void released(IoOperation operation) {
			this.released.incrementAndGet();
		}

	}

}
