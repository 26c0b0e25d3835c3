package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PosixTests {

	@TempDir
	private Path directory;

	@Test
	void shouldReadErrnoOfTheCallThatFailed() {
		assertThatExceptionOfType(ErrnoException.class)
			.isThrownBy(() -> Posix.open(this.directory.resolve("missing"), Posix.O_RDONLY))
			.withMessage("open: ENOENT")
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOENT));
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Posix.close(-1))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Posix.open(this.directory, Posix.O_RDWR))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(21));
	}

	@Test
	void shouldGiveANegativeErrnoWhereTheCallerDecides() {
		assertThat(Posix.dataSync(-1)).isEqualTo(-Errno.EBADF);
		assertThat(Posix.fallocate(-1, 0, 0, 1)).isEqualTo(-Errno.EBADF);
		assertThat(Posix.read(-1, 0, 1, 0)).isEqualTo(-Errno.EBADF);
		assertThat(Posix.write(-1, 0, 1, 0)).isEqualTo(-Errno.EBADF);
		assertThat(Posix.discard(-1, 0, 1)).isEqualTo(-Errno.EBADF);
	}

	@Test
	void shouldWriteReadAndMeasureAFile() throws Exception {
		int file = Posix.open(this.directory.resolve("file"), Posix.O_RDWR | Posix.O_CREAT);
		try (Arena arena = Arena.ofConfined()) {
			Posix.truncate(file, 10_000);
			assertThat(Posix.size(file)).isEqualTo(10_000);
			MemorySegment memory = arena.allocateFrom("0123456789");
			assertThat(Posix.write(file, memory.address(), 10, 9_995)).isEqualTo(10);
			assertThat(Posix.size(file)).isEqualTo(10_005);
			MemorySegment copy = arena.allocate(16);
			assertThat(Posix.read(file, copy.address(), 16, 9_995)).as("short at the end").isEqualTo(10);
			assertThat(copy.getString(0)).isEqualTo("0123456789");
			assertThat(Posix.dataSync(file)).isZero();
		}
		finally {
			Posix.close(file);
		}
		assertThat(Files.size(this.directory.resolve("file"))).isEqualTo(10_005);
	}

	@Test
	void shouldLockAFileAgainstASecondOpen() throws Exception {
		Path path = this.directory.resolve("file");
		int first = Posix.open(path, Posix.O_RDWR | Posix.O_CREAT);
		int second = Posix.open(path, Posix.O_RDWR);
		Posix.flock(first, Posix.LOCK_EX | Posix.LOCK_NB);
		assertThatExceptionOfType(ErrnoException.class)
			.isThrownBy(() -> Posix.flock(second, Posix.LOCK_EX | Posix.LOCK_NB))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EAGAIN));
		Posix.close(first);
		Posix.flock(second, Posix.LOCK_EX | Posix.LOCK_NB);
		Posix.close(second);
	}

	@Test
	void shouldMapZeroedMemoryOfItsOwn() throws Exception {
		MemorySegment memory = Posix.mapMemory("holdfast-test", 1 << 20);
		assertThat(memory.byteSize()).isEqualTo(1 << 20);
		assertThat(memory.address() % 4096).isZero();
		assertThat(memory.mismatch(MemorySegment.ofArray(new byte[1 << 20]))).isEqualTo(-1);
		memory.fill((byte) 1);
		assertThat(Files.readString(Path.of("/proc/self/maps"))).contains("memfd:holdfast-test");
		Posix.unmap(memory);
		assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:holdfast-test");
	}

	@Test
	void shouldCountOnAnEventfd() throws Exception {
		int descriptor = Posix.eventfd();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment two = arena.allocateFrom(ValueLayout.JAVA_LONG, 2L);
			assertThat(Posix.writeEight(descriptor, two.address())).isEqualTo(8);
			assertThat(Posix.writeEight(descriptor, two.address())).isEqualTo(8);
			MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
			assertThat(LibC.INSTANCE.read(descriptor, count.address(), 8)).isEqualTo(8);
			assertThat(count.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(4);
		}
		finally {
			Posix.close(descriptor);
		}
	}

	@Test
	void shouldNotTakeAFileForABlockDevice() throws Exception {
		int file = Posix.open(this.directory.resolve("file"), Posix.O_RDWR | Posix.O_CREAT);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Posix.logicalBlockSize(file))
			.withMessageContaining("BLKSSZGET");
		Posix.close(file);
	}

	@Test
	void shouldNameErrors() {
		assertThat(Errno.name(Errno.EIO)).isEqualTo("EIO");
		assertThat(Errno.name(0)).isEqualTo("OK");
		assertThat(Errno.name(999)).isEqualTo("errno 999");
		assertThat(new ErrnoException("open", 999)).hasMessage("open: errno 999");
	}

}
