package dev.holdfast.tenant;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FailedAuthenticationsTests {

	@Test
	void shouldCountEachAddressForItself() {
		FailedAuthentications failures = new FailedAuthentications(1, 100);
		assertThat(failures.admit("192.0.2.1")).isTrue();
		assertThat(failures.admit("192.0.2.1")).isFalse();
		assertThat(failures.admit("192.0.2.2")).isTrue();
	}

	@Test
	void shouldCountANetworkOfOneMachineAsOne() {
		FailedAuthentications failures = new FailedAuthentications(1, 100);
		assertThat(failures.admit("2001:db8:0:1::1")).isTrue();
		assertThat(failures.admit("2001:db8:0:1:ffff::2")).isFalse();
		assertThat(failures.admit("2001:db8:0:2::1")).isTrue();
		assertThat(failures.admit("0:0:0:0:0:0:0:1")).isTrue();
		assertThat(failures.admit("fe80:0:0:0:0:0:0:1%no-such-link")).isTrue();
	}

	@Test
	void shouldRememberNoMoreThanSomeHoweverManyThereAre() {
		FailedAuthentications failures = new FailedAuthentications(20, 100);
		IntStream.range(0, 100_000).forEach((i) -> failures.admit("10.%d.%d.1".formatted(i / 256, i % 256)));
		assertThat(failures.remembered()).isLessThanOrEqualTo(100);
	}

}
