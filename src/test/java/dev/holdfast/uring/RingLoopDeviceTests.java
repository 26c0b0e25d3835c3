package dev.holdfast.uring;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.uring.RealRing.Completion;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.Posix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What only block devices do, on a loop device with sectors of 4 KiB. */
@RequiresIoUring
@OnRingThread
@RequiresRoot
@RequiresTool("losetup")
class RingLoopDeviceTests {

	private static final int SIZE = 1 << 20;

	private LoopDevice device;

	private int descriptor;

	private RealRing real;

	@BeforeEach
	@OnRingThread
	void open() throws Exception {
		this.device = LoopDevice.create(Path.of("/dev/shm"), SIZE, "--sector-size=4096");
		this.descriptor = Posix.open(this.device.device(), Posix.O_RDWR | Posix.O_DIRECT | Posix.O_EXCL);
		this.real = RealRing.open();
		assertThat(this.real.ring.files().put(0, this.descriptor, 0)).isZero();
		assertThat(this.real.ring.buffers().put(0, this.real.memory, 0)).isZero();
		this.real.memory.fill((byte) 5);
		this.real.submissions().writeFixed(0, 0, 0, this.real.memory.address(), 65536, false, 1);
		assertThat(this.real.next()).isEqualTo(new Completion(1, 65536));
	}

	@AfterEach
	@OnRingThread
	void close() throws Exception {
		this.real.close();
		Posix.close(this.descriptor);
		this.device.close();
	}

	@Test
	void shouldKnowTheDevicesSizes() throws Exception {
		assertThat(Posix.size(this.descriptor)).isEqualTo(SIZE);
		assertThat(Posix.logicalBlockSize(this.descriptor)).isEqualTo(4096);
		assertThat(Posix.physicalBlockSize(this.descriptor)).isGreaterThanOrEqualTo(4096);
	}

	@Test
	void shouldDiscardByACommandOfTheRing() throws Exception {
		this.real.submissions().discard(0, 4096, 8192, 2);
		Completion done = this.real.next();
		assumeThat(done.result()).as("kernels before 6.12 have no such command").isNotEqualTo(-Errno.EOPNOTSUPP);
		assertThat(done).isEqualTo(new Completion(2, 0));
		assertThat(stored(4096, 8192)).containsOnly(0);
		assertThat(stored(0, 4096)).containsOnly(5);
		assertThat(stored(12288, 4096)).containsOnly(5);
	}

	@Test
	void shouldDiscardByABlockingCall() throws Exception {
		assertThat(Posix.discard(this.descriptor, 4096, 4096)).isZero();
		assertThat(stored(4096, 4096)).containsOnly(0);
		assertThat(stored(8192, 4096)).containsOnly(5);
	}

	@Test
	void shouldZero() throws Exception {
		this.real.submissions().fallocate(0, Posix.FALLOC_FL_ZERO_RANGE | Posix.FALLOC_FL_KEEP_SIZE, 8192, 4096, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, 0));
		assertThat(stored(8192, 4096)).containsOnly(0);
		assertThat(stored(4096, 4096)).containsOnly(5);
	}

	@Test
	void shouldRefuseHalfABlock() {
		this.real.submissions().readFixed(0, 0, 0, this.real.memory.address(), 512, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, -Errno.EINVAL));
	}

	@Test
	void shouldFlushAndWriteDurably() throws Exception {
		this.real.memory.fill((byte) 6);
		this.real.submissions().writeFixed(0, 0, 0, this.real.memory.address(), 4096, true, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, 4096));
		this.real.submissions().dataSync(0, 3);
		assertThat(this.real.next()).isEqualTo(new Completion(3, 0));
		assertThat(stored(0, 4096)).containsOnly(6);
	}

	@Test
	void shouldReadNothingAtTheEnd() {
		this.real.submissions().readFixed(0, SIZE, 0, this.real.memory.address(), 4096, 2);
		assertThat(this.real.next()).isEqualTo(new Completion(2, 0));
		this.real.submissions().writeFixed(0, SIZE, 0, this.real.memory.address(), 4096, false, 3);
		assertThat(this.real.next()).isEqualTo(new Completion(3, -Errno.ENOSPC));
	}

	private byte[] stored(int offset, int length) throws Exception {
		return Arrays.copyOfRange(Files.readAllBytes(this.device.file()), offset, offset + length);
	}

}
