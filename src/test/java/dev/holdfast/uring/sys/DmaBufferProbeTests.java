package dev.holdfast.uring.sys;

import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.uring.fake.FakeKernel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DmaBufferProbe}.
 */
class DmaBufferProbeTests {

	@Test
	void shouldFindThatAKernelDoesNotKnowTheDescription() {
		FakeKernel kernel = new FakeKernel();
		assertThat(DmaBufferProbe.run(kernel)).isFalse();
		assertThat(kernel.rings()).isEmpty();
	}

	@Test
	void shouldFindThatAKernelLooksForTheDescriptors() {
		FakeKernel kernel = new FakeKernel().answerDescriptions(-Errno.EBADF);
		assertThat(DmaBufferProbe.run(kernel)).isTrue();
		assertThat(kernel.rings()).isEmpty();
	}

	@Test
	void shouldSayNoWhereThereIsNoRing() {
		assertThat(DmaBufferProbe.run(new FakeKernel().refuseSetup(Errno.EPERM))).isFalse();
	}

	@Test
	@RequiresIoUring
	void shouldGetAnAnswerOfTheRunningKernelEachTime() {
		LinuxRingSyscalls kernel = new LinuxRingSyscalls();
		assertThat(DmaBufferProbe.run(kernel)).isEqualTo(DmaBufferProbe.run(kernel));
	}

}
