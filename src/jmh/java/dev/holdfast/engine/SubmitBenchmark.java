package dev.holdfast.engine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread that submits a 4 KiB read and waits for it. With {@code -prof gc} it shows
 * that nothing is allocated between submission and completion.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SubmitBenchmark {

	private static final int BLOCK = 4096;

	/** A directory; on tmpfs the device costs next to nothing. */
	@Param("/dev/shm")
	public String directory = "";

	private Path file = Path.of("");

	private int descriptor;

	private SyncIo io;

	private IoEngine engine;

	private IoDevice device;

	private IoBuffer buffer;

	@Setup
	public void open() throws IOException, UringRefusedException {
		this.file = Files.createTempFile(Path.of(this.directory), "holdfast-jmh", ".img");
		Files.write(this.file, new byte[64 * BLOCK]);
		this.descriptor = Posix.open(this.file, Posix.O_RDWR | Posix.O_DIRECT);
		this.engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT);
		this.device = this.engine.attach(new DeviceFile("jmh", this.descriptor, false, BLOCK), DeviceLimits.DEFAULT);
		MemorySegment memory = Posix.mapMemory("jmh", BLOCK);
		this.buffer = this.engine.register(memory).join();
		this.io = new SyncIo(this.engine);
	}

	@Benchmark
	public long read() throws IoFailedException {
		this.io.operation().read(this.device, 0, this.buffer, 0, BLOCK).deadline(System.nanoTime() + 1_000_000_000L);
		this.io.run();
		return this.io.operation().bytes();
	}

	@TearDown
	public void close() throws IOException {
		this.engine.close();
		Posix.close(this.descriptor);
		Files.delete(this.file);
	}

}
