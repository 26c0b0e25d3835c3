package dev.holdfast.block;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoKind;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@RequiresIoUring
class BlockServiceTests {

	private static final int MEBIBYTE = 1 << 20;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void discardsWholeBlocksOnly(Rig.Kind kind) throws IOException {
		int size = 9 * MEBIBYTE;
		byte[] bytes = new byte[size];
		new Random(1).nextBytes(bytes);
		try (BlockRig rig = fragmented(kind, size)) {
			rig.write(DB, 0, bytes);
			rig.blocks.discard(DB, 4095, 4097 + 4096 + 4095, BlockRig.DEFAULT);
			byte[] after = rig.read(DB, 0, size);
			assertThat(Arrays.mismatch(after, 0, 4096, bytes, 0, 4096)).as("what is before").isEqualTo(-1);
			assertThat(Arrays.mismatch(after, 3 * 4096, size, bytes, 3 * 4096, size)).as("what is behind")
				.isEqualTo(-1);
			for (int block = 1; block < 3; block++) {
				byte[] found = Arrays.copyOfRange(after, block * 4096, (block + 1) * 4096);
				assertThat(found).isIn(new byte[4096], Arrays.copyOfRange(bytes, block * 4096, (block + 1) * 4096));
			}
			rig.blocks.discard(DB, 1, 4094, BlockRig.DEFAULT);
			rig.blocks.discard(DB, size, 0, BlockRig.DEFAULT);
			rig.blocks.zero(DB, size, 0, BlockRig.DEFAULT);
			assertThat(rig.read(DB, 0, 4096)).isEqualTo(Arrays.copyOf(bytes, 4096));
			for (long[] range : new long[][] { { 1, size }, { size, 1 }, { 0, Long.MAX_VALUE }, { -1, 1 },
					{ 0, -1 } }) {
				Refusals.of(Problem.RANGE_NOT_SATISFIABLE,
						() -> rig.blocks.zero(DB, range[0], range[1], BlockRig.DEFAULT));
				Refusals.of(Problem.RANGE_NOT_SATISFIABLE,
						() -> rig.blocks.discard(DB, range[0], range[1], BlockRig.DEFAULT));
			}
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void isWhatAByteArrayIs(Rig.Kind kind) throws IOException {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		int size = 9 * MEBIBYTE + 3 * 4096;
		byte[] model = new byte[size];
		try (BlockRig rig = fragmented(kind, size)) {
			for (int step = 0; step < 300; step++) {
				int offset = random.nextInt(size);
				int length = Math.min(size - offset, 1 + random.nextInt(1 << (1 + random.nextInt(23))));
				String where = "seed %d, step %d: %d bytes at %d".formatted(seed, step, length, offset);
				if (random.nextBoolean()) {
					byte[] bytes = new byte[length];
					random.nextBytes(bytes);
					boolean open = random.nextBoolean();
					TransferOptions options = new TransferOptions(random.nextBoolean(), Long.MAX_VALUE);
					Transfer transfer = rig.blocks.write(DB, offset, open ? -1 : length, options,
							BlockRig.source(bytes, 1 + random.nextInt(2 * MEBIBYTE)));
					assertThat(transfer.bytes()).as(where).isEqualTo(length);
					System.arraycopy(bytes, 0, model, offset, length);
				}
				else if (random.nextInt(3) == 0) {
					rig.blocks.zero(DB, offset, length, new TransferOptions(random.nextBoolean(), Long.MAX_VALUE));
					Arrays.fill(model, offset, offset + length, (byte) 0);
				}
				else {
					assertThat(rig.read(DB, offset, length)).as(where)
						.isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
				}
			}
			assertThat(rig.read(DB, 0, size)).as("seed %d", seed).isEqualTo(model);
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void keepsWhatWasWrittenAcrossARestart(Rig.Kind kind) throws IOException {
		byte[] bytes = random(3 * MEBIBYTE + 17);
		Path file = Rig.sparse(this.directory, 64L << 20);
		try (BlockRig rig = new BlockRig(kind, file)) {
			rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
			rig.write(DB, 4095, bytes);
			rig.blocks.flush(DB, BlockRig.DEFAULT);
		}
		try (BlockRig rig = new BlockRig(kind, file)) {
			assertThat(rig.read(DB, 4095, bytes.length)).isEqualTo(bytes);
		}
	}

	@ParameterizedTest
	@EnumSource
	void losesNothingOfABlockThatTwoWrite(Rig.Kind kind) throws Exception {
		try (BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64L << 20));
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
			int writers = 8;
			int rounds = 60;
			int part = 4096 / writers;
			// Over the edge of a block too, and others that write whole blocks meanwhile.
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < writers; i++) {
				int number = i;
				tasks.add(threads.submit(() -> {
					for (int round = 1; round <= rounds; round++) {
						rig.write(DB, 2048 + number * part, filled(part, number * 31 + round));
						assertThat(rig.read(DB, 2048 + number * part, part))
							.isEqualTo(filled(part, number * 31 + round));
					}
					return null;
				}));
			}
			for (Future<?> task : tasks) {
				task.get(60, TimeUnit.SECONDS);
			}
			for (int i = 0; i < writers; i++) {
				assertThat(rig.read(DB, 2048 + i * part, part)).isEqualTo(filled(part, i * 31 + rounds));
			}
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void losesNoWholeBlockToAWriterOfAPart(Rig.Kind kind) throws Exception {
		try (BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64L << 20));
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
			for (int round = 1; round <= 150; round++) {
				byte whole = (byte) round;
				CyclicBarrier start = new CyclicBarrier(2);
				Future<?> full = threads.submit(() -> {
					start.await();
					return rig.write(DB, 0, filled(3 * 4096, whole));
				});
				Future<?> part = threads.submit(() -> {
					start.await();
					return rig.write(DB, 5000, filled(10, 255));
				});
				full.get(30, TimeUnit.SECONDS);
				part.get(30, TimeUnit.SECONDS);
				byte[] got = rig.read(DB, 0, 3 * 4096);
				Arrays.fill(got, 5000, 5010, whole);
				assertThat(got).as("round %d", round).isEqualTo(filled(3 * 4096, whole));
			}
		}
	}

	@Test
	void readsASmallRangeWithOneOperation() throws IOException {
		List<RecordingEngine> recording = new ArrayList<>();
		try (BlockRig rig = recorded(recording)) {
			recording.getFirst().calls();
			rig.read(DB, 8192, 4096);
			assertThat(recording.getFirst().calls()).singleElement()
				.satisfies((call) -> assertThat(call.length()).isEqualTo(4096));
			rig.read(DB, 8193, 1);
			assertThat(recording.getFirst().calls()).singleElement()
				.satisfies((call) -> assertThat(call.length()).isEqualTo(4096));
		}
	}

	@Test
	void flushesALongDurableWriteOnce() throws IOException {
		List<RecordingEngine> recording = new ArrayList<>();
		TransferOptions durable = new TransferOptions(true, Long.MAX_VALUE);
		try (BlockRig rig = recorded(recording)) {
			recording.getFirst().calls();
			rig.blocks.write(DB, 0, 8192, durable, BlockRig.source(new byte[8192], 8192));
			assertThat(recording.getFirst().calls()).extracting(RecordingEngine.Call::kind)
				.as("the write itself is durable")
				.containsExactly(IoKind.WRITE);
			rig.blocks.write(DB, 0, 3 * MEBIBYTE, durable, BlockRig.source(new byte[3 * MEBIBYTE], 100_000));
			assertThat(recording.getFirst().calls()).extracting(RecordingEngine.Call::kind)
				.containsExactly(IoKind.WRITE, IoKind.WRITE, IoKind.WRITE, IoKind.FLUSH);
		}
	}

	@ParameterizedTest
	@EnumSource
	void writesWholeBlocksOfABodyThatIsCutShort(Rig.Kind kind) throws IOException {
		try (BlockRig rig = ready(kind)) {
			byte[] bytes = random(2 * MEBIBYTE + 4096 + 100);
			ProblemException refused = Refusals.of(Problem.LENGTH_MISMATCH,
					() -> rig.blocks.write(DB, 0, 4 * MEBIBYTE, BlockRig.DEFAULT, BlockRig.source(bytes, 70_001)));
			int whole = 2 * MEBIBYTE + 4096;
			assertThat(refused.properties()).containsEntry("bytesWritten", (long) whole);
			assertThat(rig.read(DB, 0, whole)).isEqualTo(Arrays.copyOf(bytes, whole));
			assertThat(rig.read(DB, whole, 4096)).isEqualTo(new byte[4096]);
			// From inside of a block: what completes it counts, and nothing less.
			refused = Refusals.of(Problem.LENGTH_MISMATCH, () -> rig.blocks.write(DB, 5 * MEBIBYTE + 96, 20_000,
					BlockRig.DEFAULT, BlockRig.source(random(4000), 4000)));
			assertThat(refused.properties()).containsEntry("bytesWritten", 4000L);
			refused = Refusals.of(Problem.LENGTH_MISMATCH, () -> rig.blocks.write(DB, 6 * MEBIBYTE + 96, 20_000,
					BlockRig.DEFAULT, BlockRig.source(random(3999), 4000)));
			assertThat(refused.properties()).containsEntry("bytesWritten", 0L);
			assertThat(rig.read(DB, 6 * MEBIBYTE, 8192)).isEqualTo(new byte[8192]);
			rig.assertNothingHeld(DB);
		}
	}

	@Test
	void refusesABodyThatIsTooLong() throws IOException {
		try (BlockRig rig = ready(Rig.Kind.PSYNC)) {
			ProblemException refused = Refusals.of(Problem.LENGTH_MISMATCH,
					() -> rig.blocks.write(DB, 0, 4096, BlockRig.DEFAULT, BlockRig.source(random(4097), 4097)));
			assertThat(refused.properties()).containsEntry("bytesWritten", 0L);
			assertThat(rig.read(DB, 0, 4096)).as("nothing was written").isEqualTo(new byte[4096]);
			Refusals.of(Problem.LENGTH_MISMATCH,
					() -> rig.blocks.write(DB, 0, 0, BlockRig.DEFAULT, BlockRig.source(random(1), 1)));
			refused = Refusals.of(Problem.RANGE_NOT_SATISFIABLE, () -> rig.blocks.write(DB, 6 * MEBIBYTE, -1,
					BlockRig.DEFAULT, BlockRig.source(random(3 * MEBIBYTE), 500_000)));
			assertThat(refused.properties()).containsEntry("size", 8L * MEBIBYTE)
				.containsEntry("bytesWritten", (long) MEBIBYTE);
			rig.assertNothingHeld(DB);
		}
	}

	@Test
	void takesAnEmptyBodyAndAnEmptyRange() throws IOException {
		try (BlockRig rig = ready(Rig.Kind.PSYNC)) {
			assertThat(rig.write(DB, 5, new byte[0]).bytes()).isZero();
			assertThat(rig.blocks.write(DB, 5, -1, BlockRig.DEFAULT, (into) -> -1).bytes()).isZero();
			assertThat(rig.blocks.write(DB, 8 * MEBIBYTE, -1, BlockRig.DEFAULT, (into) -> -1).bytes()).isZero();
			assertThat(rig.read(DB, 8 * MEBIBYTE, 0)).isEmpty();
		}
	}

	@Test
	void refusesRangesOutsideAndVolumesThatAreNotThere() throws IOException {
		try (BlockRig rig = ready(Rig.Kind.PSYNC)) {
			for (long[] range : new long[][] { { 0, 8L * MEBIBYTE + 1 }, { 8L * MEBIBYTE, 1 }, { -1, 1 },
					{ 1, Long.MAX_VALUE }, { Long.MAX_VALUE, 1 } }) {
				ProblemException refused = Refusals.of(Problem.RANGE_NOT_SATISFIABLE,
						() -> rig.blocks.read(DB, range[0], range[1], BlockRig.DEFAULT, (bytes) -> {
						}));
				assertThat(refused.properties()).containsEntry("size", 8L * MEBIBYTE);
				Refusals.of(Problem.RANGE_NOT_SATISFIABLE,
						() -> rig.blocks.write(DB, range[0], range[1], BlockRig.DEFAULT, (into) -> {
							throw new AssertionError("the body must not be read");
						}));
			}
			VolumeKey absent = new VolumeKey("globex", "db");
			Refusals.of(Problem.NOT_FOUND, () -> rig.read(absent, 0, 1));
			Refusals.of(Problem.NOT_FOUND, () -> rig.write(absent, 0, new byte[1]));
			Refusals.of(Problem.NOT_FOUND, () -> rig.blocks.flush(absent, BlockRig.DEFAULT));
		}
	}

	@ParameterizedTest
	@EnumSource
	void givesAllBackWhenTheSinkThrows(Rig.Kind kind) throws IOException {
		try (BlockRig rig = ready(kind)) {
			AtomicLong passed = new AtomicLong();
			assertThatIOException()
				.isThrownBy(() -> rig.blocks.read(DB, 100, 6 * MEBIBYTE, BlockRig.DEFAULT, (bytes) -> {
					if (passed.addAndGet(bytes.remaining()) > 2 * MEBIBYTE) {
						throw new IOException("the client has gone");
					}
				}))
				.withMessage("the client has gone");
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void givesAllBackWhenTheSourceThrows(Rig.Kind kind) throws IOException {
		try (BlockRig rig = ready(kind)) {
			AtomicLong given = new AtomicLong();
			assertThatIOException()
				.isThrownBy(() -> rig.blocks.write(DB, 100, 6 * MEBIBYTE, BlockRig.DEFAULT, (into) -> {
					if (given.get() > 3 * MEBIBYTE) {
						throw new IOException("the client has gone");
					}
					int length = into.remaining();
					into.put(new byte[length]);
					given.addAndGet(length);
					return length;
				}))
				.withMessage("the client has gone");
			rig.assertNothingHeld(DB);
		}
	}

	@Test
	void endsAStreamWhoseVolumeIsDeletedAndNeverReadsItsSuccessor() throws IOException {
		try (BlockRig rig = ready(Rig.Kind.PSYNC)) {
			List<Integer> passed = new ArrayList<>();
			Refusals.of(Problem.NOT_FOUND, () -> rig.blocks.read(DB, 0, 8 * MEBIBYTE, BlockRig.DEFAULT, (bytes) -> {
				if (passed.isEmpty()) {
					rig.volumes.delete(DB);
					rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
				}
				passed.add(bytes.remaining());
			}));
			assertThat(passed).hasSizeLessThanOrEqualTo(3);
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void saysWhatTheDeviceSaid(Rig.Kind kind) throws IOException {
		Path file = Rig.sparse(this.directory, 64L << 20);
		try (BlockRig rig = new BlockRig(kind, file)) {
			rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
			// Reads beyond the end of the file make no progress, as with a drive pulled.
			truncate(file, rig.device.geometry().dataOffset() + 2 * MEBIBYTE);
			AtomicLong passed = new AtomicLong();
			ProblemException refused = Refusals.of(Problem.IO_ERROR, () -> rig.blocks.read(DB, 5, 4 * MEBIBYTE,
					BlockRig.DEFAULT, (bytes) -> passed.addAndGet(bytes.remaining())));
			assertThat(refused.properties()).containsEntry("errno", "EIO").containsEntry("bytes", passed.get());
			assertThat(passed).hasValue(2 * MEBIBYTE - 5);
			// A partial block cannot be completed.
			refused = Refusals.of(Problem.IO_ERROR, () -> rig.write(DB, 3 * MEBIBYTE + 5, new byte[10]));
			assertThat(refused.properties()).containsEntry("bytesWritten", 0L);
			truncate(file, 64L << 20);
			rig.assertNothingHeld(DB);
		}
	}

	@Test
	void refusesIoToADeviceThatIsDetached() throws IOException {
		List<RecordingEngine> recording = new ArrayList<>();
		try (BlockRig rig = recorded(recording)) {
			recording.getFirst().refuseAfter(2);
			ProblemException refused = Refusals.of(Problem.DEVICE_NOT_ONLINE,
					() -> rig.write(DB, 0, new byte[6 * MEBIBYTE]));
			assertThat(refused.properties()).containsEntry("bytesWritten", 2L * MEBIBYTE);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> rig.blocks.flush(DB, BlockRig.DEFAULT));
			recording.getFirst().refuseAfter(Integer.MAX_VALUE);
			rig.assertNothingHeld(DB);
		}
	}

	@ParameterizedTest
	@EnumSource
	void servesManyStreamsInLittleMemory(Rig.Kind kind) throws Exception {
		try (BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 256L << 20), UnaryOperator.identity(),
				8 << 20); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> tasks = new ArrayList<>();
			for (int i = 0; i < 24; i++) {
				VolumeKey key = new VolumeKey("tenant" + i % 6, "v" + i);
				byte[] bytes = random(5 * MEBIBYTE + i);
				rig.volumes.create(key, VolumeSpec.ofSize(6 * MEBIBYTE));
				tasks.add(threads.submit(() -> {
					rig.write(key, 3, bytes);
					assertThat(rig.read(key, 3, bytes.length)).isEqualTo(bytes);
					rig.volumes.delete(key);
					return null;
				}));
			}
			for (Future<?> task : tasks) {
				task.get(120, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void saysHowItWasDone() throws IOException {
		try (BlockRig rig = ready(Rig.Kind.URING)) {
			Transfer transfer = rig.write(DB, 0, new byte[2 * MEBIBYTE]);
			assertThat(transfer.tierLabels()).containsExactly("bvec");
			assertThat(transfer.deviceNanos()).isPositive();
			assertThat(transfer.queueNanos()).isNotNegative();
		}
		try (BlockRig rig = ready(Rig.Kind.PSYNC)) {
			assertThat(rig.blocks.read(DB, 0, 10, BlockRig.DEFAULT, ByteBuffer::rewind).tierLabels())
				.containsExactly("none");
		}
	}

	/** A volume with its extents all over the device. */
	private BlockRig fragmented(Rig.Kind kind, int size) throws IOException {
		BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64L << 20));
		VolumeKey rest = new VolumeKey("acme", "rest");
		for (int i = 0; i < 8; i++) {
			rig.volumes.create(new VolumeKey("acme", "x" + i), VolumeSpec.ofSize(4 * MEBIBYTE));
		}
		rig.volumes.create(rest, VolumeSpec.ofSize(rig.volumes.usage(rig.device.uuid()).free()));
		for (int i = 0; i < 8; i += 2) {
			rig.volumes.delete(new VolumeKey("acme", "x" + i));
		}
		rig.volumes.create(DB, VolumeSpec.ofSize(size));
		return rig;
	}

	private BlockRig ready(Rig.Kind kind) throws IOException {
		BlockRig rig = new BlockRig(kind, Rig.sparse(this.directory, 64L << 20));
		rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
		return rig;
	}

	private BlockRig recorded(List<RecordingEngine> recording) throws IOException {
		BlockRig rig = new BlockRig(Rig.Kind.PSYNC, Rig.sparse(this.directory, 64L << 20), (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		});
		rig.volumes.create(DB, VolumeSpec.ofSize(8 * MEBIBYTE));
		return rig;
	}

	private static void truncate(Path file, long size) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.setLength(size);
		}
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	private static byte[] filled(int size, int value) {
		byte[] bytes = new byte[size];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

}
