package dev.holdfast.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.uring.RealRing.Completion;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the entries do, on the running kernel and a real file with direct I/O. */
@RequiresIoUring
@OnRingThread
class RingTransferTests {

	private static final int FILE = 2;

	private static final int BUFFER = 5;

	private static final int SIZE = 64 << 10;

	@TempDir
	private Path directory;

	private Path path;

	private int file;

	private RealRing real;

	@BeforeEach
	@OnRingThread
	void open() throws Exception {
		this.path = Files.write(this.directory.resolve("device"), new byte[SIZE]);
		this.file = Posix.open(this.path, Posix.O_RDWR | Posix.O_DIRECT);
		this.real = RealRing.open();
		assertThat(this.real.ring.files().put(FILE, this.file, 0)).isZero();
		assertThat(this.real.ring.buffers().put(BUFFER, this.real.memory, 0)).isZero();
	}

	@AfterEach
	@OnRingThread
	void close() throws Exception {
		this.real.close();
		Posix.close(this.file);
	}

	@Test
	void shouldWriteFromAndReadIntoRegisteredMemory() throws Exception {
		fill(0, 8192, 7);
		this.real.submissions().writeFixed(FILE, 4096, BUFFER, address(0), 8192, false, 11);
		assertThat(this.real.next()).isEqualTo(new Completion(11, 8192));
		assertThat(content(4096, 8192)).containsOnly(7);
		this.real.submissions().readFixed(FILE, 8192, BUFFER, address(32768), 4096, 12);
		assertThat(this.real.next()).isEqualTo(new Completion(12, 4096));
		assertThat(this.real.memory.get(ValueLayout.JAVA_BYTE, 32768)).isEqualTo((byte) 7);
		assertThat(this.real.memory.get(ValueLayout.JAVA_BYTE, 32768 + 4095)).isEqualTo((byte) 7);
	}

	@Test
	void shouldWriteFromAndReadIntoPlainMemory() throws Exception {
		fill(0, 4096, 9);
		this.real.submissions().write(FILE, 0, address(0), 4096, false, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, 4096));
		this.real.submissions().read(FILE, 0, address(8192), 4096, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, 4096));
		assertThat(content(0, 4096)).containsOnly(9);
		assertThat(this.real.memory.get(ValueLayout.JAVA_BYTE, 8192)).isEqualTo((byte) 9);
	}

	@Test
	void shouldWriteDurably() throws Exception {
		fill(0, 4096, 3);
		this.real.submissions().write(FILE, 0, address(0), 4096, true, 1);
		this.real.submissions().writeFixed(FILE, 4096, BUFFER, address(0), 4096, true, 2);
		assertThat(this.real.next().result()).isEqualTo(4096);
		assertThat(this.real.next().result()).isEqualTo(4096);
		assertThat(content(0, 8192)).containsOnly(3);
	}

	@Test
	void shouldTellOfTheEndOfTheFileByAShortRead() {
		this.real.submissions().readFixed(FILE, SIZE - 4096, BUFFER, address(0), 8192, 1);
		this.real.submissions().readFixed(FILE, SIZE, BUFFER, address(0), 4096, 2);
		assertThat(List.of(this.real.next(), this.real.next())).containsExactlyInAnyOrder(new Completion(1, 4096),
				new Completion(2, 0));
	}

	@Test
	void shouldFlush() {
		this.real.submissions().dataSync(FILE, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, 0));
	}

	@Test
	void shouldPunchHolesThatReadAsZeroes() throws Exception {
		Files.write(this.path, filled(SIZE));
		this.real.submissions().fallocate(FILE, Posix.FALLOC_FL_PUNCH_HOLE | Posix.FALLOC_FL_KEEP_SIZE, 4096, 8192, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, 0));
		assertThat(content(4096, 8192)).containsOnly(0);
		assertThat(content(0, 4096)).containsOnly(1);
		assertThat(content(12288, 4096)).containsOnly(1);
		assertThat(Files.size(this.path)).isEqualTo(SIZE);
	}

	@Test
	void shouldCompleteATimeoutWithItsError() {
		MemorySegment time = this.real.memory.asSlice(0, 16);
		time.setAtIndex(ValueLayout.JAVA_LONG, 1, 1_000L);
		this.real.submissions().timeout(time.address(), 4);
		assertThat(this.real.next()).isEqualTo(new Completion(4, -Errno.ETIME));
	}

	@Test
	void shouldShortenATimeout() {
		MemorySegment hour = this.real.memory.asSlice(0, 16);
		hour.setAtIndex(ValueLayout.JAVA_LONG, 0, 3_600L);
		MemorySegment soon = this.real.memory.asSlice(64, 16);
		soon.setAtIndex(ValueLayout.JAVA_LONG, 1, 1_000L);
		this.real.submissions().timeout(hour.address(), 4);
		this.real.submissions().updateTimeout(4, soon.address(), 5);
		assertThat(this.real.next()).isEqualTo(new Completion(5, 0));
		assertThat(this.real.next()).isEqualTo(new Completion(4, -Errno.ETIME));
		this.real.submissions().updateTimeout(4, soon.address(), 6);
		assertThat(this.real.next()).isEqualTo(new Completion(6, -Errno.ENOENT));
	}

	@Test
	void shouldBeWokenByAnEventfd() throws Exception {
		int bell = Posix.eventfd();
		MemorySegment count = this.real.memory.asSlice(0, 8);
		MemorySegment one = this.real.memory.asSlice(64, 8);
		one.set(ValueLayout.JAVA_LONG, 0, 1);
		this.real.submissions().readDescriptor(bell, count.address(), 8, 3);
		assertThat(this.real.isQuiet()).isTrue();
		CompletableFuture<Void> ringer = CompletableFuture.runAsync(() -> Posix.writeEight(bell, one.address()));
		assertThat(this.real.next()).isEqualTo(new Completion(3, 8));
		assertThat(count.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
		ringer.join();
		Posix.close(bell);
	}

	@Test
	void shouldCancelWhatOnlyWaits() throws ErrnoException {
		int bell = Posix.eventfd();
		this.real.submissions().readDescriptor(bell, address(0), 8, 3);
		assertThat(this.real.isQuiet()).isTrue();
		this.real.submissions().cancel(3, 4);
		assertThat(List.of(this.real.next(), this.real.next()))
			.containsExactlyInAnyOrder(new Completion(3, -Errno.ECANCELED), new Completion(4, 0));
		this.real.submissions().cancel(3, 5);
		assertThat(this.real.next()).isEqualTo(new Completion(5, -Errno.ENOENT));
		Posix.close(bell);
	}

	@Test
	void shouldGoOnAfterABadEntry() {
		this.real.submissions().readFixed(FILE + 1, 0, BUFFER, address(0), 4096, 1);
		this.real.submissions().nop(2);
		assertThat(this.real.ring.submit()).isEqualTo(2);
		assertThat(List.of(this.real.next(), this.real.next()))
			.containsExactlyInAnyOrder(new Completion(1, -Errno.EBADF), new Completion(2, 0));
	}

	@Test
	void shouldHearThatAnotherThreadMayNotTouchTheRing() {
		assertThat(this.real.ring.setup().names()).contains("SINGLE_ISSUER");
		assertThat(CompletableFuture.supplyAsync(this.real.ring::submit).join()).isEqualTo(-Errno.EEXIST);
		assertThat(CompletableFuture.supplyAsync(() -> this.real.ring.buffers().clear(BUFFER)).join())
			.isEqualTo(-Errno.EEXIST);
	}

	@Test
	void shouldEndAWaitAfterItsTime() {
		assertThat(this.real.ring.submitAndWait(1, 1_000_000)).isEqualTo(-Errno.ETIME);
	}

	private long address(long offset) {
		return this.real.memory.address() + offset;
	}

	private void fill(long offset, long length, int value) {
		this.real.memory.asSlice(offset, length).fill((byte) value);
	}

	private static byte[] filled(int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) 1);
		return bytes;
	}

	private byte[] content(int offset, int length) throws Exception {
		return Arrays.copyOfRange(Files.readAllBytes(this.path), offset, offset + length);
	}

}
