package dev.holdfast.uring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.uring.fake.FakeKernel;
import dev.holdfast.uring.fake.FakeRing;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.RingAbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Both queues of a ring, against the fake kernel. */
class RingQueuesTests {

	private final FakeKernel kernel = new FakeKernel();

	@ParameterizedTest
	@ValueSource(ints = { 0, -3, Integer.MAX_VALUE - 3 })
	void shouldGoOnWhereTheIndicesWrapAround(int first) throws ErrnoException {
		this.kernel.firstIndex(first);
		try (Ring ring = open(4, 8)) {
			List<Long> seen = new ArrayList<>();
			for (long i = 1; i <= 40; i++) {
				ring.submissions().nop(i);
				if (i % 3 == 0) {
					assertThat(ring.submitAndWait(1)).isEqualTo(3);
					ring.completions().drain((userData, result) -> seen.add(userData));
				}
			}
			ring.submitAndWait(1);
			ring.completions().drain((userData, result) -> seen.add(userData));
			assertThat(seen).hasSize(40).isSorted().doesNotHaveDuplicates();
			assertThat(ring.submitted()).isEqualTo(40);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -2, Integer.MAX_VALUE - 1 })
	void shouldRefuseAnEntryThatHasNoRoom(int first) throws ErrnoException {
		this.kernel.firstIndex(first);
		try (Ring ring = open(4, 8)) {
			for (int i = 0; i < 4; i++) {
				assertThat(ring.submissions().room()).isEqualTo(4 - i);
				ring.submissions().nop(i);
			}
			assertThat(ring.submissions().room()).isZero();
			assertThatIllegalStateException().isThrownBy(() -> ring.submissions().nop(9));
			assertThat(ring.submit()).isEqualTo(4);
			assertThat(ring.submissions().room()).isEqualTo(4);
			assertThat(take(ring)).containsExactly(0L, 1L, 2L, 3L);
		}
	}

	@Test
	void shouldUseTheIndirectionOfKernelsThatHaveOne() throws ErrnoException {
		this.kernel.refuseFlags(RingAbi.SETUP_NO_SQARRAY).firstIndex(-1);
		try (Ring ring = open(4, 8)) {
			ring.submissions().nop(1);
			ring.submissions().nop(2);
			assertThat(ring.submitAndWait(2)).isEqualTo(2);
			assertThat(take(ring)).containsExactly(1L, 2L);
		}
	}

	@Test
	void shouldOfferAgainWhatAPartialSubmitLeft() throws ErrnoException {
		try (Ring ring = open(8, 16)) {
			fake().limitSubmits(2, 0, 1);
			for (int i = 0; i < 5; i++) {
				ring.submissions().nop(i);
			}
			assertThat(ring.submit()).isEqualTo(2);
			assertThat(ring.submissions().queued()).isEqualTo(3);
			assertThat(ring.submit()).isZero();
			assertThat(ring.submitAndWait(1)).isEqualTo(1);
			assertThat(ring.submitAndWait(5)).isEqualTo(2);
			assertThat(take(ring)).containsExactly(0L, 1L, 2L, 3L, 4L);
			assertThat(ring.submitted()).isEqualTo(5);
			assertThat(ring.enters()).isEqualTo(4);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { Errno.EAGAIN, Errno.EBUSY, Errno.EINTR })
	void shouldKeepEntriesIfEnterFails(int errno) throws ErrnoException {
		try (Ring ring = open(8, 16)) {
			fake().failEnters(errno);
			ring.submissions().nop(1);
			assertThat(ring.submitAndWait(1)).isEqualTo(-errno);
			assertThat(ring.submissions().queued()).isEqualTo(1);
			assertThat(ring.submitAndWait(1)).isEqualTo(1);
			assertThat(take(ring)).containsExactly(1L);
		}
	}

	@Test
	void shouldReleaseTheHeadOnceABatch() throws ErrnoException {
		try (Ring ring = open(4, 4)) {
			post(ring, 4);
			List<Boolean> roomMeanwhile = new ArrayList<>();
			ring.completions().drain((userData, result) -> {
				// Were the head released one by one, this one would fit.
				int before = ring.completions().overflows();
				fake().post(100 + userData, 0);
				ring.submit();
				roomMeanwhile.add(ring.completions().overflows() == before);
			});
			assertThat(roomMeanwhile).containsExactly(false, false, false, false);
			ring.submitAndWait(4);
			assertThat(take(ring)).containsExactly(100L, 101L, 102L, 103L);
		}
	}

	@Test
	void shouldReleaseTheHeadAlsoIfTheHandlerThrows() throws ErrnoException {
		try (Ring ring = open(4, 4)) {
			post(ring, 4);
			assertThatIllegalStateException().isThrownBy(() -> ring.completions().drain((userData, result) -> {
				if (userData == 1) {
					throw new IllegalStateException("handler");
				}
			}));
			fake().post(10, 0);
			fake().post(11, 0);
			ring.submit();
			assertThat(ring.completions().overflows()).as("the two taken ones made room").isZero();
			assertThat(take(ring)).containsExactly(2L, 3L, 10L, 11L);
		}
	}

	@Test
	void shouldCountOverflowsAndGetWhatTheKernelKept() throws ErrnoException {
		try (Ring ring = open(4, 4)) {
			for (int i = 0; i < 4; i++) {
				ring.submissions().nop(i);
			}
			ring.submit();
			fake().post(4, 0);
			fake().post(5, 0);
			ring.submit();
			assertThat(ring.completions().overflows()).isEqualTo(2);
			assertThat(ring.submissions().completionsOverflowed()).isTrue();
			assertThat(take(ring)).containsExactly(0L, 1L, 2L, 3L);
			ring.submit();
			assertThat(ring.submissions().completionsOverflowed()).isFalse();
			assertThat(take(ring)).containsExactly(4L, 5L);
			assertThat(ring.completions().overflows()).isEqualTo(2);
		}
	}

	@Test
	void shouldTakeNothingIfNothingIsThere() throws ErrnoException {
		try (Ring ring = open(8, 8)) {
			assertThat(ring.completions().available()).isZero();
			assertThat(ring.completions().drain((userData, result) -> {
				throw new AssertionError();
			})).isZero();
		}
	}

	@Test
	void shouldSeeCompletionsOfADeferringRingOnlyOnEnter() throws ErrnoException {
		try (Ring ring = open(8, 8)) {
			fake().post(5, 0);
			assertThat(ring.completions().available()).isZero();
			ring.submit();
			assertThat(take(ring)).containsExactly(5L);
		}
	}

	@Test
	void shouldEndAWaitAfterItsTime() throws ErrnoException {
		try (Ring ring = open(8, 8)) {
			assertThat(ring.submitAndWait(1, 1_000)).isEqualTo(-Errno.ETIME);
		}
	}

	@Test
	void shouldHearThatAnotherThreadMayNotTouchIt() throws ErrnoException {
		try (Ring ring = open(8, 8)) {
			assertThat(CompletableFuture.supplyAsync(ring::submit).join()).isEqualTo(-Errno.EEXIST);
			assertThat(CompletableFuture.supplyAsync(() -> ring.files().clear(0)).join()).isEqualTo(-Errno.EEXIST);
		}
	}

	private Ring open(int entries, int completions) throws ErrnoException {
		return Ring.open(this.kernel, new RingOptions(entries, Math.max(entries, completions), 4, 4, false));
	}

	private FakeRing fake() {
		return this.kernel.rings().getFirst();
	}

	private void post(Ring ring, int count) {
		for (int i = 0; i < count; i++) {
			ring.submissions().nop(i);
		}
		ring.submitAndWait(count);
	}

	private static List<Long> take(Ring ring) {
		List<Long> seen = new ArrayList<>();
		ring.completions().drain((userData, result) -> seen.add(userData));
		return seen;
	}

}
