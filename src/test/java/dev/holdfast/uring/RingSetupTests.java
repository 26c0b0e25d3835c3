package dev.holdfast.uring;

import java.util.List;

import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RegisterOpcode;
import dev.holdfast.uring.sys.RingAbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RingSetupTests {

	private static final RingOptions OPTIONS = new RingOptions(8, 16, 4, 4, false);

	private final FakeKernel kernel = new FakeKernel();

	@Test
	void shouldGetAllThatANewKernelHas() throws ErrnoException {
		try (Ring ring = Ring.open(this.kernel, OPTIONS)) {
			assertThat(ring.setup().names()).containsExactlyInAnyOrder("SINGLE_ISSUER", "DEFER_TASKRUN", "COOP_TASKRUN",
					"NO_SQARRAY", "SUBMIT_ALL", "CLAMP", "CQSIZE");
			assertThat(ring.setup().refused()).isEmpty();
			assertThat(ring.setup().entries()).isEqualTo(8);
			assertThat(ring.setup().completions()).isEqualTo(16);
		}
	}

	@ParameterizedTest
	@CsvSource({ "NO_SQARRAY, NO_SQARRAY", //
			"DEFER_TASKRUN, DEFER_TASKRUN NO_SQARRAY", //
			"SINGLE_ISSUER, SINGLE_ISSUER DEFER_TASKRUN NO_SQARRAY", //
			"COOP_TASKRUN, SINGLE_ISSUER DEFER_TASKRUN COOP_TASKRUN NO_SQARRAY", //
			"SUBMIT_ALL, SINGLE_ISSUER DEFER_TASKRUN COOP_TASKRUN NO_SQARRAY SUBMIT_ALL" })
	void shouldDoWithoutWhatTheKernelRefusesAndNameIt(String flag, String refused) throws ErrnoException {
		this.kernel.refuseFlags(flag(flag));
		try (Ring ring = Ring.open(this.kernel, OPTIONS)) {
			assertThat(ring.setup().refused()).containsExactlyInAnyOrder(refused.split(" "));
			assertThat(ring.setup().names()).doesNotContainAnyElementsOf(ring.setup().refused())
				.contains("CLAMP", "CQSIZE");
			assertThat(roundTrip(ring)).isEqualTo(7);
		}
	}

	@Test
	void shouldNotMakeASharedRingSingleIssuer() throws ErrnoException {
		try (Ring ring = Ring.open(this.kernel, new RingOptions(8, 16, 0, 4, true))) {
			assertThat(ring.setup().names()).contains("NO_SQARRAY", "SUBMIT_ALL")
				.doesNotContain("SINGLE_ISSUER", "DEFER_TASKRUN");
			assertThat(ring.setup().refused()).as("what was not asked for was not refused").isEmpty();
		}
	}

	@Test
	void shouldSayWhichErrorEndedTheSetUp() {
		this.kernel.refuseSetup(Errno.ENOMEM);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Ring.open(this.kernel, OPTIONS))
			.withMessageContaining("io_uring_setup")
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOMEM));
	}

	@Test
	void shouldGiveUpIfTheKernelRefusesEvenTheLeast() {
		this.kernel.refuseFlags(RingAbi.SETUP_CLAMP);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Ring.open(this.kernel, OPTIONS))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EINVAL));
	}

	@Test
	void shouldRefuseAKernelThatDropsCompletions() {
		this.kernel.features(RingAbi.FEAT_SINGLE_MMAP);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Ring.open(this.kernel, OPTIONS))
			.withMessageContaining("5.5");
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@CsvSource({ "0", "1" })
	void shouldGiveBackAllIfAMapFails(int maps) {
		this.kernel.refuseMapsAfter(maps);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Ring.open(this.kernel, OPTIONS))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOMEM));
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@CsvSource({ "" + RegisterOpcode.FILES2, "" + RegisterOpcode.BUFFERS2 })
	void shouldGiveBackAllIfATableIsRefused(int opcode) {
		this.kernel.onRegister((call) -> (call.opcode() == opcode) ? -Errno.ENOMEM : null);
		assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Ring.open(this.kernel, OPTIONS))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOMEM));
		assertNothingIsLeft();
	}

	@Test
	void shouldGiveBackAllOnClose() throws ErrnoException {
		Ring.open(this.kernel, OPTIONS).close();
		assertNothingIsLeft();
	}

	private void assertNothingIsLeft() {
		assertThat(this.kernel.rings()).isEmpty();
		assertThat(this.kernel.mapped()).isZero();
	}

	private static long roundTrip(Ring ring) {
		ring.submissions().nop(7);
		ring.submitAndWait(1);
		long[] seen = new long[1];
		ring.completions().drain((userData, result) -> seen[0] = userData);
		return seen[0];
	}

	private static int flag(String name) {
		for (int bit = 0; bit < 32; bit++) {
			if (RingSetup.names(1 << bit).equals(List.of(name))) {
				return 1 << bit;
			}
		}
		throw new IllegalArgumentException(name);
	}

}
