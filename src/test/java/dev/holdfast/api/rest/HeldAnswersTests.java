package dev.holdfast.api.rest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeldAnswersTests {

	private final HeldAnswers held = new HeldAnswers(100);

	@Test
	void shouldHoldPiecesInOrder() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (HeldAnswers.Room room = Objects.requireNonNull(this.held.tryTake(5))) {
			room.put(ByteBuffer.wrap(new byte[] { 1, 2, 3 }).asReadOnlyBuffer());
			room.put(ByteBuffer.wrap(new byte[] { 4, 5 }));
			room.writeTo(out);
		}
		assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 5);
	}

	@Test
	void shouldRefuseWhatIsTooLarge() {
		assertThat(this.held.tryTake(101)).isNull();
		assertThat(this.held.tryTake(1L << 40)).isNull();
	}

	@Test
	void shouldRefuseWhatHasNoRoomUntilSomeIsGivenBack() {
		List<HeldAnswers.Room> rooms = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			rooms.add(Objects.requireNonNull(this.held.tryTake(100)));
		}
		assertThat(this.held.tryTake(1)).isNull();
		rooms.getFirst().close();
		assertThat(this.held.tryTake(100)).isNotNull();
		assertThat(this.held.tryTake(1)).isNull();
	}

}
