package dev.holdfast.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A loop looks longer where waits are short, and sleeps at once where they are not.
 */
class SpinTests {

	private final Spin spin = new Spin();

	@Test
	void shouldSleepAtOnceAtFirst() {
		assertThat(this.spin.nanos(1)).isZero();
	}

	@Test
	void shouldLookLongerAfterShortWaitsUpToALimit() {
		for (int i = 0; i < 20; i++) {
			long before = this.spin.nanos(1);
			this.spin.waited(10_000);
			assertThat(this.spin.nanos(1)).isGreaterThanOrEqualTo(before).isPositive();
		}
		assertThat(this.spin.nanos(1)).isEqualTo(Spin.MOST);
	}

	@Test
	void shouldStopLookingAfterLongWaits() {
		for (int i = 0; i < 20; i++) {
			this.spin.waited(10_000);
		}
		for (int i = 0; i < 5; i++) {
			this.spin.waited(1_000_000);
		}
		assertThat(this.spin.nanos(1)).isZero();
	}

	@Test
	void shouldNotLookWhileMuchIsInFlight() {
		this.spin.waited(10_000);
		assertThat(this.spin.nanos(64)).isZero();
	}

}
