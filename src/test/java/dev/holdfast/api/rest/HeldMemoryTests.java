package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeldMemoryTests {

	private final HeldMemory held = new HeldMemory(100);

	@Test
	void shouldRefuseWhatIsTooLarge() {
		assertThat(this.held.tryTake("acme", 101)).isNull();
		assertThat(this.held.tryTake("acme", 1L << 40)).isNull();
	}

	@Test
	void shouldLeaveThreeQuartersToOthers() {
		assertThat(this.held.tryTake("acme", 100)).isNotNull();
		HeldMemory.Room second = Objects.requireNonNull(this.held.tryTake("acme", 100));
		assertThat(this.held.tryTake("acme", 1)).isNull();
		assertThat(this.held.tryTake("globex", 1)).isNotNull();
		second.close();
		second.close();
		assertThat(this.held.taken("acme")).isEqualTo(100);
		assertThat(this.held.tryTake("acme", 100)).isNotNull();
	}

	@Test
	void shouldRefuseWhatHasNoRoomUntilSomeIsGivenBack() {
		List<HeldMemory.Room> rooms = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			rooms.add(Objects.requireNonNull(this.held.tryTake("tenant-" + i, 100)));
		}
		assertThat(this.held.tryTake("acme", 1)).isNull();
		rooms.getFirst().close();
		assertThat(this.held.taken("tenant-0")).isZero();
		assertThat(this.held.tryTake("acme", 100)).isNotNull();
		assertThat(this.held.tryTake("acme", 1)).isNull();
	}

}
