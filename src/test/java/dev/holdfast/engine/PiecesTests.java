package dev.holdfast.engine;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PiecesTests {

	private final Pieces pieces = new Pieces(3);

	@Test
	void shouldHandOutEachSlotOnce() {
		Set<Integer> slots = new HashSet<>();
		for (int i = 0; i < 3; i++) {
			assertThat(this.pieces.available()).isTrue();
			slots.add(this.pieces.take().slot);
		}
		assertThat(this.pieces.available()).isFalse();
		assertThat(this.pieces.inUse()).isEqualTo(3);
		assertThat(slots).containsExactlyInAnyOrder(0, 1, 2);
	}

	@Test
	void shouldFindAPieceByItsUserData() {
		Piece piece = take();
		Piece other = take();
		assertThat(this.pieces.find(piece.userData())).isSameAs(piece);
		assertThat(this.pieces.find(other.userData())).isSameAs(other);
		assertThat(this.pieces.strangers()).isZero();
	}

	@Test
	void shouldNotFindAPieceByAnOlderGeneration() {
		Piece piece = take();
		long old = piece.userData();
		this.pieces.give(piece);
		assertThat(this.pieces.find(old)).as("free").isNull();
		Piece again = take();
		assertThat(again.slot).isEqualTo(piece.slot);
		assertThat(again.userData()).isNotEqualTo(old);
		assertThat(this.pieces.find(old)).as("in use again").isNull();
		assertThat(this.pieces.strangers()).isEqualTo(2);
	}

	@Test
	void shouldNotFindWhatNeverWas() {
		take();
		assertThat(this.pieces.find(3)).isNull();
		assertThat(this.pieces.find(0xFFFF_FFFFL)).isNull();
		assertThat(this.pieces.find(99L << 32)).isNull();
		assertThat(this.pieces.strangers()).isEqualTo(3);
	}

	/** Negative user data are the loop's own entries. */
	@Test
	void shouldNeverHaveNegativeUserData() {
		Piece piece = new Piece(1);
		long first = piece.userData();
		for (int i = 0; i < 1000; i++) {
			piece.free();
			assertThat(piece.userData()).isPositive();
		}
		assertThat(piece.userData()).isNotEqualTo(first);
	}

	@Test
	void shouldForgetEverythingOnceGivenBack() {
		Piece piece = take();
		piece.done = 5;
		piece.interruptions = 6;
		piece.durable = true;
		piece.bufferSlot = 7;
		piece.address = 8;
		this.pieces.give(piece);
		assertThat(piece.done).isZero();
		assertThat(piece.interruptions).isZero();
		assertThat(piece.durable).isFalse();
		assertThat(piece.bufferSlot).isEqualTo(-1);
		assertThat(piece.operation).isNull();
		assertThatIllegalStateException().isThrownBy(piece::device);
	}

	private Piece take() {
		Piece piece = this.pieces.take();
		piece.operation = new RecordedOperation().operation;
		return piece;
	}

}
