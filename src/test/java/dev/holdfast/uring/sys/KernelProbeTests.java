package dev.holdfast.uring.sys;

import java.util.BitSet;

import dev.holdfast.testing.RequiresIoUring;
import dev.holdfast.uring.fake.FakeKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class KernelProbeTests {

	private static final int UNKNOWN_OPCODE = 200;

	@Test
	@RequiresIoUring
	void shouldFindWhatTheRunningKernelCanDo() {
		KernelProbe probe = KernelProbe.run(new LinuxRingSyscalls());
		assertThat(probe.refusal()).isNull();
		assertThat(probe.release()).isEqualTo(System.getProperty("os.version"));
		assertThat(probe.features() & RingAbi.FEAT_NODROP).isNotZero();
		assertThat(probe.supports(Opcode.READ_FIXED)).isTrue();
		assertThat(probe.supports(Opcode.FALLOCATE)).isTrue();
		assertThat(probe.supports(UNKNOWN_OPCODE)).isFalse();
		assertThat(probe.memlockBytes()).isPositive();
		assertThat(probe.lockableBytes()).isEqualTo(probe.ipcLock() ? Long.MAX_VALUE : probe.memlockBytes());
	}

	@Test
	void shouldGiveBackTheRingThatItAsked() {
		FakeKernel kernel = new FakeKernel();
		assertThat(KernelProbe.run(kernel).refusal()).isNull();
		assertThat(kernel.rings()).isEmpty();
	}

	@Test
	void shouldKnowTheOpcodesAndFeaturesOfTheKernelThatItAsked() {
		KernelProbe probe = KernelProbe.run(new FakeKernel().features(RingAbi.FEAT_NODROP));
		assertThat(probe.features()).isEqualTo(RingAbi.FEAT_NODROP);
		assertThat(probe.supports(63)).isTrue();
		assertThat(probe.supports(64)).isFalse();
	}

	@Test
	void shouldSayWhyThereIsNoRing() {
		KernelProbe probe = KernelProbe.run(new FakeKernel().refuseSetup(Errno.ENOSYS));
		assertThat(probe.refusal()).isEqualTo(
				"kernel " + System.getProperty("os.version") + " has no io_uring, or a seccomp profile hides it");
		assertThat(probe.opcodes().isEmpty()).isTrue();
		assertThat(probe.features()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "1, kernel.io_uring_group", "2, kernel.io_uring_disabled is 2; set it to 0" })
	void shouldNameTheSettingThatForbidsRings(String setting, String reason) {
		assertThat(KernelProbe.refusal(Errno.EPERM, "6.12", 0, setting))
			.contains("kernel.io_uring_disabled is " + setting)
			.contains(reason)
			.doesNotContain("seccomp");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = "0")
	void shouldNameSeccompIfNoSettingForbidsRings(String setting) {
		assertThat(KernelProbe.refusal(Errno.EPERM, "6.12", 0, setting)).contains("seccomp")
			.contains("io_uring_setup", "io_uring_enter", "io_uring_register")
			.doesNotContain("sysctl");
	}

	@Test
	void shouldNameTheLimitThatIsTooLittle() {
		assertThat(KernelProbe.refusal(Errno.ENOMEM, "5.10", 65_536, null)).contains("RLIMIT_MEMLOCK is 65536 bytes")
			.contains("ulimit -l");
	}

	@Test
	void shouldNameAnyOtherError() {
		assertThat(KernelProbe.refusal(Errno.EMFILE, "6.12", 0, null)).isEqualTo("io_uring_setup failed with EMFILE");
	}

	@Test
	void shouldHaveNoLimitWithTheCapability() {
		KernelProbe without = new KernelProbe("6.12", null, 0, new BitSet(), 8 << 20, false);
		KernelProbe with = new KernelProbe("6.12", null, 0, new BitSet(), 8 << 20, true);
		assertThat(without.lockableBytes()).isEqualTo(8 << 20);
		assertThat(with.lockableBytes()).isEqualTo(Long.MAX_VALUE);
	}

}
