package dev.holdfast.engine;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing is allocated between submission and completion, on either thread.
 */
@RequiresIoUring
class AllocationTests {

	private static final int OPERATIONS = 20_000;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@TempDir
	Path directory;

	@Test
	void shouldAllocateNothingForAnOperation() throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(EngineKind.URING, this.directory, EngineFixture.MIB)) {
			IoBuffer buffer = fixture.buffer(2 * EngineFixture.MIB);
			SyncIo io = fixture.io();
			run(fixture, buffer, io, OPERATIONS);
			long ring = ringThread();
			long before = allocated(ring);

			run(fixture, buffer, io, OPERATIONS);

			assertThat((double) (allocated(ring) - before) / OPERATIONS).isLessThan(1);
		}
	}

	private static void run(EngineFixture fixture, IoBuffer buffer, SyncIo io, int operations)
			throws IoFailedException {
		long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
		for (int i = 0; i < operations; i++) {
			switch (i % 64) {
				case 0 -> io.operation().flush(fixture.device());
				case 1 -> io.operation().write(fixture.device(), 0, buffer, 0, EngineFixture.MIB, true);
				case 2 -> io.operation().write(fixture.device(), 0, buffer, 0, 4096, false);
				default -> io.operation().read(fixture.device(), 0, buffer, 0, 4096);
			}
			io.operation().flow(i % 3).deadline(deadline + i);
			io.run();
		}
	}

	private static long allocated(long ring) {
		return THREADS.getThreadAllocatedBytes(ring)
				+ THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
	}

	private static long ringThread() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("holdfast-ring-0"))
			.mapToLong(Thread::threadId)
			.max()
			.orElseThrow();
	}

}
