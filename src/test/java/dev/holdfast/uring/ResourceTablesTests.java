package dev.holdfast.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.uring.RealRing.Completion;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the running kernel lets go of files and memory: the facts that rule 9 of the
 * mapping contract rests on. A read of an eventfd is in flight for as long as a test
 * wants.
 */
@RequiresIoUring
@OnRingThread
class ResourceTablesTests {

	private static final long TAG = 77;

	private static final int SLOT = 3;

	@TempDir
	private Path directory;

	private int bell;

	private RealRing real;

	@BeforeEach
	@OnRingThread
	void open() throws Exception {
		this.bell = Posix.eventfd();
		this.real = RealRing.open();
	}

	@AfterEach
	@OnRingThread
	void close() throws Exception {
		this.real.close();
		Posix.close(this.bell);
	}

	@Test
	void shouldPutAndClearAFileWithItsTag() throws Exception {
		int file = Posix.open(Files.write(this.directory.resolve("file"), new byte[4096]), Posix.O_RDWR);
		assertThat(this.real.ring.files().put(SLOT, file, TAG)).isZero();
		this.real.submissions().read(SLOT, 0, address(0), 4096, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, 4096));
		assertThat(this.real.ring.files().clear(SLOT)).isZero();
		assertThat(this.real.next()).isEqualTo(new Completion(TAG, 0));
		this.real.submissions().read(SLOT, 0, address(0), 4096, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, -Errno.EBADF));
		Posix.close(file);
	}

	@Test
	void shouldGiveTheFilesTagAfterItsInputAndOutput() {
		assertThat(this.real.ring.files().put(SLOT, this.bell, TAG)).isZero();
		this.real.submissions().read(SLOT, -1, address(0), 8, 1);
		assertThat(this.real.isQuiet()).isTrue();
		assertThat(this.real.ring.files().clear(SLOT)).isZero();
		assertThat(this.real.isQuiet()).as("no tag while a read is in flight").isTrue();
		ringBell();
		assertThat(List.of(this.real.next(), this.real.next())).containsExactly(new Completion(1, 8),
				new Completion(TAG, 0));
	}

	@Test
	void shouldRefuseSlotsThatTheTablesDoNotHave() {
		assertThat(this.real.ring.files().put(8, this.bell, TAG)).isEqualTo(-Errno.EINVAL);
		assertThat(this.real.ring.files().put(0, -5, TAG)).isEqualTo(-Errno.EBADF);
		assertThat(this.real.ring.buffers().put(RealRing.BUFFERS, this.real.memory, 0)).isEqualTo(-Errno.EINVAL);
	}

	@Test
	void shouldRefuseMemoryThatCannotBePinned() {
		MemorySegment nowhere = MemorySegment.ofAddress(4096).reinterpret(4096);
		assertThat(this.real.ring.buffers().put(SLOT, nowhere, 0)).isEqualTo(-Errno.EFAULT);
	}

	@Test
	void shouldFailInputAndOutputWithAnEmptySlotOrOutsideItsMemory() throws Exception {
		int file = Posix.open(Files.write(this.directory.resolve("file"), new byte[8192]), Posix.O_RDWR);
		assertThat(this.real.ring.files().put(0, file, 0)).isZero();
		this.real.submissions().readFixed(0, 0, SLOT, address(0), 4096, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, -Errno.EFAULT));
		assertThat(this.real.ring.buffers().put(SLOT, this.real.memory.asSlice(0, 4096), 0)).isZero();
		this.real.submissions().readFixed(0, 0, SLOT, address(0), 8192, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, -Errno.EFAULT));
		this.real.submissions().readFixed(0, 0, SLOT, address(0), 4096, 3);
		assertThat(this.real.next()).isEqualTo(new Completion(3, 4096));
		Posix.close(file);
	}

	@Test
	void shouldGiveTheTagAtOnceIfNothingIsInFlight() {
		assertThat(this.real.ring.buffers().put(SLOT, this.real.memory, TAG)).isZero();
		assertThat(this.real.isQuiet()).isTrue();
		assertThat(this.real.ring.buffers().clear(SLOT)).isZero();
		assertThat(this.real.next()).isEqualTo(new Completion(TAG, 0));
		assertThat(this.real.ring.buffers().clear(SLOT)).as("clearing an empty slot").isZero();
		assertThat(this.real.isQuiet()).isTrue();
	}

	/** Emptying a slot returns at once; the read still lands; only then comes the tag. */
	@Test
	void shouldLetMemoryGoOnlyAfterTheReadInFlight() {
		assertThat(this.real.ring.buffers().put(SLOT, this.real.memory, TAG)).isZero();
		startFixedRead(this.real, 1);
		assertThat(this.real.ring.buffers().clear(SLOT)).isZero();
		assertThat(this.real.isQuiet()).as("no tag while the read is in flight").isTrue();
		ringBell();
		assertThat(List.of(this.real.next(), this.real.next())).containsExactly(new Completion(1, 8),
				new Completion(TAG, 0));
		assertThat(this.real.memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
	}

	/**
	 * The trap: the source's tag comes while a read on a clone is in flight, and that
	 * read lands in the memory later.
	 */
	@Test
	void shouldNotBeFooledByTheTagIfACloneStillReads() throws Exception {
		try (RealRing source = RealRing.openShared()) {
			assertThat(source.ring.buffers().put(SLOT, this.real.memory, TAG)).isZero();
			assertThat(this.real.ring.buffers().cloneFrom(source.ring, SLOT, 1)).isZero();
			startFixedRead(this.real, 1);
			assertThat(this.real.ring.buffers().clear(SLOT)).isZero();
			assertThat(source.ring.buffers().clear(SLOT)).isZero();
			assertThat(source.next()).as("the tag, too early").isEqualTo(new Completion(TAG, 0));
			assertThat(this.real.memory.get(ValueLayout.JAVA_LONG, 0)).isZero();
			ringBell();
			assertThat(this.real.next()).isEqualTo(new Completion(1, 8));
			assertThat(this.real.memory.get(ValueLayout.JAVA_LONG, 0)).as("landed after the tag").isEqualTo(1);
			assertThat(this.real.isQuiet()).as("clones carry no tags").isTrue();
		}
	}

	@Test
	void shouldCloneARangeOfSlotsAndLeaveTheOthers() throws Exception {
		try (RealRing source = RealRing.openShared()) {
			int file = Posix.open(Files.write(this.directory.resolve("file"), new byte[4096]), Posix.O_RDWR);
			assertThat(this.real.ring.files().put(0, file, 0)).isZero();
			assertThat(this.real.ring.buffers().put(0, this.real.memory, 0)).isZero();
			assertThat(source.ring.buffers().put(2, this.real.memory.asSlice(0, 8192), 0)).isZero();
			assertThat(source.ring.buffers().put(3, this.real.memory.asSlice(8192, 8192), 0)).isZero();
			assertThat(this.real.ring.buffers().cloneFrom(source.ring, 2, 2)).isZero();
			for (int slot : new int[] { 0, 2, 3 }) {
				long at = (slot == 3) ? 8192 : 0;
				this.real.submissions().readFixed(0, 0, slot, address(at), 4096, slot);
				assertThat(this.real.next()).isEqualTo(new Completion(slot, 4096));
			}
			Posix.close(file);
		}
	}

	/**
	 * A read of the eventfd into registered memory, which waits for {@link #ringBell}.
	 */
	private void startFixedRead(RealRing on, long userData) {
		assertThat(on.ring.files().put(0, this.bell, 0)).isZero();
		on.submissions().readFixed(0, -1, SLOT, address(0), 8, userData);
		assertThat(on.isQuiet()).isTrue();
	}

	private void ringBell() {
		MemorySegment one = this.real.memory.asSlice(32768, 8);
		one.set(ValueLayout.JAVA_LONG, 0, 1);
		assertThat(Posix.writeEight(this.bell, one.address())).isEqualTo(8);
	}

	private long address(long offset) {
		return this.real.memory.address() + offset;
	}

}
