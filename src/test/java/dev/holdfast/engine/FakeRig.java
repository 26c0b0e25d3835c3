package dev.holdfast.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.uring.fake.Entry;
import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;

/**
 * An engine over the fake kernel, with one device and one registered buffer. I/O stays in
 * flight until the test completes it. A test class that needs one for each test has a
 * field with {@code @AutoClose}.
 */
final class FakeRig implements AutoCloseable {

	static final int BLOCK = 4096;

	static final long PIECE = Dispatcher.PIECE;

	static final EngineOptions SMALL = new EngineOptions(1, 64, 64, 4, 16);

	private static final long MEMORY = 16 << 20;

	final FakeKernel kernel;

	final LoopEngine engine;

	final IoDevice device;

	final IoBuffer buffer;

	private FakeRig(FakeKernel kernel, EngineOptions options, DeviceLimits limits, boolean blockDevice) {
		this.kernel = kernel;
		this.engine = engine(kernel, options);
		this.device = this.engine.attach(new DeviceFile("fake", 3, blockDevice, BLOCK), limits);
		MemorySegment memory = Arena.ofAuto().allocate(MEMORY, BLOCK);
		this.buffer = this.engine.register(memory).join();
	}

	private static LoopEngine engine(FakeKernel kernel, EngineOptions options) {
		try {
			return (LoopEngine) IoEngines.uring(kernel, options);
		}
		catch (UringRefusedException ex) {
			throw new AssertionError(ex);
		}
	}

	static FakeRig open() {
		return open(DeviceLimits.DEFAULT);
	}

	static FakeRig open(DeviceLimits limits) {
		return new FakeRig(new FakeKernel(), SMALL, limits, false);
	}

	static FakeRig openBlockDevice() {
		return new FakeRig(new FakeKernel(), SMALL, DeviceLimits.DEFAULT, true);
	}

	static FakeRig open(FakeKernel kernel, EngineOptions options) {
		return new FakeRig(kernel, options, DeviceLimits.DEFAULT, false);
	}

	/** The ring of the first loop. */
	FakeRing ring() {
		return rings().getFirst();
	}

	/** The rings of the loops. */
	List<FakeRing> rings() {
		return this.kernel.rings().stream().filter((ring) -> !ring.shared()).toList();
	}

	/** The ring that the others clone from. */
	FakeRing source() {
		return this.kernel.rings().stream().filter(FakeRing::shared).findFirst().orElseThrow();
	}

	EngineLoop loop() {
		return ((LoopDevice) this.device).loop;
	}

	RecordedOperation read(long block, long length) {
		RecordedOperation read = new RecordedOperation();
		read.operation.read(this.device, block * BLOCK, this.buffer, 0, length);
		return submit(read);
	}

	RecordedOperation write(long block, long length) {
		RecordedOperation write = new RecordedOperation();
		write.operation.write(this.device, block * BLOCK, this.buffer, 0, length, false);
		return submit(write);
	}

	RecordedOperation flush() {
		RecordedOperation flush = new RecordedOperation();
		flush.operation.flush(this.device);
		return submit(flush);
	}

	RecordedOperation zero(long block, long length) {
		RecordedOperation zero = new RecordedOperation();
		zero.operation.zero(this.device, block * BLOCK, length);
		return submit(zero);
	}

	RecordedOperation discard(long block, long length) {
		RecordedOperation discard = new RecordedOperation();
		discard.operation.discard(this.device, block * BLOCK, length);
		return submit(discard);
	}

	RecordedOperation submit(RecordedOperation operation) {
		if (!this.engine.submit(operation.operation)) {
			throw new AssertionError("no room");
		}
		return operation;
	}

	/** Ends I/O in flight and waits until the loop has dealt with it. */
	void complete(Entry entry, int result) {
		ring().complete(entry, result);
		ring().awaitIdle();
	}

	/** Ends I/O in flight as asked. */
	void complete(Entry entry) {
		Integer length = FakeKernel.SUCCEED.answer(ring(), entry);
		complete(entry, (length != null) ? length : 0);
	}

	/** Runs something on the loop's thread. */
	void onLoop(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		loop().send(() -> {
			action.run();
			done.complete(null);
		});
		done.join();
	}

	@Override
	public void close() {
		this.kernel.onIo(FakeKernel.SUCCEED).onRegister((call) -> null);
		for (FakeRing ring : this.kernel.rings()) {
			ring.releaseTags();
			for (Entry entry : ring.inFlight()) {
				Integer length = FakeKernel.SUCCEED.answer(ring, entry);
				ring.complete(entry, (length != null) ? length : 0);
			}
		}
		int left = this.engine.close(Duration.ofSeconds(20));
		if (left != 0) {
			throw new AssertionError(left + " operations left");
		}
	}

}
