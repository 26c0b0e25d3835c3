package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.holdfast.testing.RequiresIoUring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@RequiresIoUring
class LinuxRingSyscallsTests {

	private final RingSyscalls kernel = new LinuxRingSyscalls();

	/** Mainline has given the seed's numbers to others, and there they "succeed". */
	@ParameterizedTest
	@ValueSource(ints = { 28, 29 })
	void shouldNeverIssueTheOpcodesOfTheSeed(int opcode) {
		try (Arena arena = Arena.ofConfined()) {
			int ring = this.kernel.setup(2, arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES));
			MemorySegment argument = arena.allocate(64, Long.BYTES);
			argument.fill((byte) 7);
			assertThatIllegalArgumentException().isThrownBy(() -> this.kernel.register(ring, opcode, argument, 1))
				.withMessageContaining("" + opcode);
			assertThat(argument.toArray(ValueLayout.JAVA_BYTE)).as("overwritten by nobody").containsOnly(7);
			this.kernel.close(ring);
		}
	}

	@Test
	void shouldGiveNegativeErrnos() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment params = arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES);
			assertThat(this.kernel.setup(0, params)).isEqualTo(-Errno.EINVAL);
			assertThat(this.kernel.enter(-1, 0, 0, 0)).isEqualTo(-Errno.EBADF);
			assertThat(this.kernel.enter(-1, 0, 1, RingAbi.ENTER_GETEVENTS, 1_000)).isEqualTo(-Errno.EBADF);
			assertThat(this.kernel.register(1_000_000, RegisterOpcode.PROBE, params, 1)).isEqualTo(-Errno.EBADF);
		}
	}

	@Test
	void shouldSayWhyThereIsNoMap() {
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> this.kernel.map(-1, RingAbi.MAP_RINGS, 4096))
			.withMessageContaining("mmap")
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
	}

	/** Four arguments would submit, and not wait. */
	@Test
	void shouldWaitForTheTimeGiven() {
		try (Arena arena = Arena.ofConfined()) {
			int ring = this.kernel.setup(2, arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES));
			long start = System.nanoTime();
			int result = this.kernel.enter(ring, 0, 1, RingAbi.ENTER_GETEVENTS, 5_000_000);
			assertThat(result).isEqualTo(-Errno.ETIME);
			assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
			this.kernel.close(ring);
		}
	}

}
