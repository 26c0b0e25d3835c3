package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.uring.sys.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A whole engine on the running kernel and a real file. */
@RequiresIoUring
class RingLoopRealKernelTests {

	private static final int BLOCK = 4096;

	private static final int BLOCKS = 256;

	@TempDir
	private Path directory;

	private final RecordingSyscalls kernel = new RecordingSyscalls();

	private int descriptor;

	private MemorySegment memory;

	@BeforeEach
	void open() throws Exception {
		Path file = this.directory.resolve("device");
		byte[] content = new byte[BLOCKS * BLOCK];
		for (int i = 0; i < BLOCKS; i++) {
			content[i * BLOCK] = (byte) i;
		}
		Files.write(file, content);
		this.descriptor = Posix.open(file, Posix.O_RDWR | Posix.O_DIRECT);
		this.memory = Posix.mapMemory("holdfast-test", 1 << 20);
	}

	@AfterEach
	void close() throws Exception {
		Posix.close(this.descriptor);
		Posix.unmap(this.memory);
	}

	/** Mainline gave 28 and 29 to others: "MAP succeeds" there, and does harm. */
	@Test
	void shouldNeverIssueTheRegisterOpcodesOfTheSeed() throws Exception {
		IoEngine engine = IoEngines.uring(this.kernel, EngineOptions.DEFAULT.withLoops(2));
		IoDevice device = attach(engine);
		IoBuffer buffer = engine.register(this.memory).get(20, TimeUnit.SECONDS);
		SyncIo io = new SyncIo(engine);
		io.operation().write(device, 0, buffer, 0, 2 * BLOCK, true);
		io.run();
		io.operation().read(device, 0, buffer, 0, 2 * BLOCK);
		io.run();
		io.operation().flush(device);
		io.run();
		io.operation().zero(device, 0, BLOCK);
		io.run();
		io.operation().discard(device, 0, BLOCK);
		io.run();
		engine.unregister(buffer).get(20, TimeUnit.SECONDS);
		engine.detach(device).get(20, TimeUnit.SECONDS);
		assertThat(engine.close(Duration.ofSeconds(20))).isZero();
		assertThat(this.kernel.registerOpcodes()).isNotEmpty().doesNotContain(28, 29);
		assertThat(this.kernel.left()).as("maps and descriptors left").isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void shouldAnswerEachOperationOfManyThreadsOnce(int loops) throws Exception {
		int threads = 4;
		int each = 5_000;
		int depth = 8;
		try (IoEngine engine = IoEngines.uring(this.kernel, new EngineOptions(loops, 32, 64, 8, 16))) {
			IoDevice device = attach(engine);
			IoBuffer buffer = engine.register(this.memory).get(20, TimeUnit.SECONDS);
			AtomicIntegerArray answered = new AtomicIntegerArray(threads * each);
			AtomicInteger wrong = new AtomicInteger();
			CountDownLatch released = new CountDownLatch(threads * each);
			List<Thread> submitters = new ArrayList<>();
			for (int thread = 0; thread < threads; thread++) {
				int first = thread * each;
				int region = thread * depth * BLOCK;
				submitters.add(Thread.ofPlatform().daemon().start(() -> {
					Reader[] readers = new Reader[depth];
					for (int i = 0; i < depth; i++) {
						readers[i] = new Reader(buffer, region + i * BLOCK, answered, wrong, released);
					}
					for (int i = 0; i < each; i++) {
						readers[i % depth].read(engine, device, first + i);
					}
				}));
			}
			assertThat(released.await(120, TimeUnit.SECONDS)).isTrue();
			for (Thread submitter : submitters) {
				submitter.join();
			}
			for (int i = 0; i < threads * each; i++) {
				assertThat(answered.get(i)).as("answers to read %d", i).isEqualTo(1);
			}
			assertThat(wrong.get()).as("reads with an error or another block's bytes").isZero();
			assertThat(device.inFlight()).isZero();
			assertThat(engine.statistics().devices().getFirst().latency().count()).isEqualTo((long) threads * each);
		}
	}

	@Test
	void shouldRegisterAndUnregisterAlongsideInputAndOutput() throws Exception {
		try (IoEngine engine = IoEngines.uring(this.kernel, EngineOptions.DEFAULT)) {
			IoDevice device = attach(engine);
			for (int i = 0; i < 50; i++) {
				MemorySegment own = Posix.mapMemory("holdfast-test", 4 * BLOCK);
				IoBuffer buffer = engine.register(own).get(20, TimeUnit.SECONDS);
				assertThat(buffer.tier()).isEqualTo(Tier.BVEC);
				SyncIo io = new SyncIo(engine);
				io.operation().read(device, (long) i * BLOCK, buffer, 0, BLOCK);
				io.start();
				engine.unregister(buffer).get(20, TimeUnit.SECONDS);
				io.await();
				assertThat(own.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
				Posix.unmap(own);
			}
		}
		assertThat(this.kernel.left()).isZero();
	}

	private IoDevice attach(IoEngine engine) {
		return engine.attach(new DeviceFile("file", this.descriptor, false, BLOCK), DeviceLimits.DEFAULT);
	}

	/** Reads one block at a time and looks at its first byte. */
	private static final class Reader implements IoListener {

		private final IoOperation operation = new IoOperation(this);

		private final IoBuffer buffer;

		private final int region;

		private final AtomicIntegerArray answered;

		private final AtomicInteger wrong;

		private final CountDownLatch allReleased;

		private final Semaphore free = new Semaphore(1);

		private int number;

		Reader(IoBuffer buffer, int region, AtomicIntegerArray answered, AtomicInteger wrong,
				CountDownLatch allReleased) {
			this.buffer = buffer;
			this.region = region;
			this.answered = answered;
			this.wrong = wrong;
			this.allReleased = allReleased;
		}

		void read(IoEngine engine, IoDevice device, int next) {
			this.free.acquireUninterruptibly();
			this.number = next;
			this.operation.read(device, (long) (next % BLOCKS) * BLOCK, this.buffer, this.region, BLOCK);
			while (!engine.submit(this.operation)) {
				Thread.onSpinWait();
			}
		}

		@Override
		public void answered(IoOperation done) {
			this.answered.incrementAndGet(this.number);
			byte first = this.buffer.memory().get(ValueLayout.JAVA_BYTE, this.region);
			if (done.errno() != 0 || first != (byte) (this.number % BLOCKS)) {
				this.wrong.incrementAndGet();
			}
		}

		@Override
		public void released(IoOperation done) {
			this.free.release();
			this.allReleased.countDown();
		}

	}

}
