package dev.holdfast.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class OperationQueueTests {

	private final OperationQueue queue = new OperationQueue();

	private final List<IoOperation> operations = Stream.generate(() -> new RecordedOperation().operation)
		.limit(5)
		.toList();

	@Test
	void shouldBeEmptyAtFirst() {
		assertThat(this.queue.isEmpty()).isTrue();
		assertThat(this.queue.peek()).isNull();
		assertThat(this.queue.poll()).isNull();
		assertThat(this.queue.remove(this.operations.getFirst())).isFalse();
	}

	@Test
	void shouldKeepTheOrder() {
		fill();
		assertThat(this.queue.peek()).isSameAs(this.operations.getFirst());
		assertContent(0, 1, 2, 3, 4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2, 4 })
	void shouldRemoveOneAnywhereAndGoOn(int index) {
		fill();
		IoOperation removed = this.operations.get(index);
		assertThat(this.queue.remove(removed)).isTrue();
		assertThat(this.queue.remove(removed)).isFalse();
		this.queue.add(removed);
		List<IoOperation> expected = new ArrayList<>(this.operations);
		expected.remove(removed);
		expected.add(removed);
		assertThat(drain()).containsExactlyElementsOf(expected);
		assertThat(this.queue.isEmpty()).isTrue();
	}

	@Test
	void shouldBeUsableAfterItsOnlyOneIsRemoved() {
		this.queue.add(this.operations.get(0));
		this.queue.remove(this.operations.get(0));
		assertThat(this.queue.isEmpty()).isTrue();
		this.queue.add(this.operations.get(1));
		assertContent(1);
	}

	@Test
	void shouldRemoveThoseThatMatch() {
		fill();
		this.queue.removeIf((operation) -> this.operations.indexOf(operation) % 2 == 0);
		this.queue.add(this.operations.get(0));
		assertContent(1, 3, 0);
	}

	@Test
	void shouldBeUsableAfterAllAreRemoved() {
		fill();
		this.queue.removeIf((operation) -> true);
		assertThat(this.queue.isEmpty()).isTrue();
		this.queue.add(this.operations.get(2));
		assertContent(2);
	}

	@Test
	void shouldLetTheTestMoveAMatchElsewhere() {
		fill();
		OperationQueue other = new OperationQueue();
		this.queue.removeIf((operation) -> {
			boolean moves = this.operations.indexOf(operation) > 2;
			if (moves) {
				other.add(operation);
			}
			return moves;
		});
		assertContent(0, 1, 2);
		assertThat(other.poll()).isSameAs(this.operations.get(3));
		assertThat(other.poll()).isSameAs(this.operations.get(4));
		assertThat(other.poll()).isNull();
	}

	@Test
	void shouldTakeAllOfAnother() {
		OperationQueue other = new OperationQueue();
		this.queue.addAll(other);
		assertThat(this.queue.isEmpty()).isTrue();
		other.add(this.operations.get(0));
		other.add(this.operations.get(1));
		this.queue.addAll(other);
		assertThat(other.isEmpty()).isTrue();
		other.add(this.operations.get(2));
		this.queue.addAll(other);
		this.queue.add(this.operations.get(3));
		assertContent(0, 1, 2, 3);
	}

	private void fill() {
		this.operations.forEach(this.queue::add);
	}

	private void assertContent(int... indices) {
		assertThat(drain()).containsExactlyElementsOf(Arrays.stream(indices).mapToObj(this.operations::get).toList());
	}

	private List<IoOperation> drain() {
		List<IoOperation> drained = new ArrayList<>();
		for (IoOperation operation = this.queue.poll(); operation != null; operation = this.queue.poll()) {
			drained.add(operation);
		}
		return drained;
	}

}
