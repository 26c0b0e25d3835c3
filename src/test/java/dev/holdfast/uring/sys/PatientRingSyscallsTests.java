package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.uring.fake.FakeKernel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PatientRingSyscallsTests {

	private final FakeKernel kernel = new FakeKernel();

	private final AtomicInteger asked = new AtomicInteger();

	@Test
	void shouldGetMemoryThatComesBackLater() {
		RingSyscalls patient = new PatientRingSyscalls(this.kernel, Duration.ofMinutes(1));
		this.kernel.onRegister((call) -> (this.asked.incrementAndGet() < 3) ? -Errno.ENOMEM : 7);
		assertThat(register(patient)).isEqualTo(7);
		assertThat(this.asked).hasValue(3);
	}

	@Test
	void shouldGiveUpInTheEnd() {
		RingSyscalls patient = new PatientRingSyscalls(this.kernel, Duration.ofMillis(50));
		this.kernel.onRegister((call) -> -Errno.ENOMEM);
		assertThat(register(patient)).isEqualTo(-Errno.ENOMEM);
		this.kernel.refuseSetup(Errno.ENOMEM);
		assertThat(setup(patient)).isEqualTo(-Errno.ENOMEM);
	}

	@Test
	void shouldTakeAnyOtherRefusalAtOnce() {
		RingSyscalls patient = new PatientRingSyscalls(this.kernel, Duration.ofMinutes(1));
		this.kernel.onRegister((call) -> {
			this.asked.incrementAndGet();
			return -Errno.EFAULT;
		});
		assertThat(register(patient)).isEqualTo(-Errno.EFAULT);
		assertThat(this.asked).hasValue(1);
	}

	private static int setup(RingSyscalls kernel) {
		try (Arena arena = Arena.ofConfined()) {
			return kernel.setup(2, arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES));
		}
	}

	private static int register(RingSyscalls kernel) {
		return kernel.register(setup(kernel), RegisterOpcode.BUFFERS2, MemorySegment.NULL, 0);
	}

}
