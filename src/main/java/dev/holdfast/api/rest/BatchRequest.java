package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.holdfast.block.BatchOperation;
import dev.holdfast.block.BatchOperation.Kind;
import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a batch of operations by reference.
 *
 * @param operations what to do
 * @param ordered whether in turn, up to the first that fails, and not at once
 */
record BatchRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<@Nullable BatchItem> operations,
		@Nullable Boolean ordered) {

	boolean inTurn() {
		return Boolean.TRUE.equals(this.ordered);
	}

	/**
	 * What is asked for, all of it in form.
	 * @param limit how many at most
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST},
	 * {@link Problem#TOO_LARGE}
	 */
	List<BatchOperation> requested(int limit) {
		List<@Nullable BatchItem> items = this.operations;
		if (items == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "operations is needed, a list");
		}
		if (items.size() > limit) {
			throw new ProblemException(Problem.TOO_LARGE, "A batch has at most %d operations".formatted(limit))
				.with("limit", limit);
		}
		List<BatchOperation> requested = new ArrayList<>(items.size());
		for (BatchItem item : items) {
			requested.add(operation(item, requested.size()));
		}
		return requested;
	}

	private static BatchOperation operation(@Nullable BatchItem item, int index) {
		if (item == null) {
			throw malformed(index, "an object is needed");
		}
		Kind kind = kind(item.op, index);
		boolean ranged = kind != Kind.FLUSH;
		require(ranged == (item.offset != null) && ranged == (item.length != null), index,
				ranged ? "offset and length are needed, in bytes" : "a flush has no offset and no length");
		require(kind.names() == (item.buffer != null), index,
				kind.names() ? "buffer is needed, the name of one" : "only a read or a write names a buffer");
		require(kind.names() || item.bufferOffset == null, index, "only a read or a write has a bufferOffset");
		boolean fua = Boolean.TRUE.equals(item.fua);
		require(!fua || kind == Kind.WRITE || kind == Kind.ZERO, index, "only a write or a zero can be fua");
		return new BatchOperation(kind, bytes(item.offset), bytes(item.length), item.buffer, bytes(item.bufferOffset),
				fua);
	}

	private static Kind kind(@Nullable String name, int index) {
		for (Kind kind : Kind.values()) {
			if (kind.label().equals(name)) {
				return kind;
			}
		}
		throw malformed(index, "op is one of read, write, flush, discard, zero");
	}

	private static long bytes(@Nullable ByteSize size) {
		return (size != null) ? size.bytes() : 0;
	}

	private static void require(boolean holds, int index, String otherwise) {
		if (!holds) {
			throw malformed(index, otherwise);
		}
	}

	private static ProblemException malformed(int index, String detail) {
		return new ProblemException(Problem.MALFORMED_REQUEST,
				String.format(Locale.ROOT, "operations[%d]: %s; nothing was done", index, detail));
	}

	/**
	 * One operation.
	 *
	 * @param op what it does
	 * @param offset in the volume, a multiple of its block size; not for a flush
	 * @param length in bytes, a multiple of the block size; not for a flush
	 * @param buffer name of the tenant's buffer that a read fills and a write takes from;
	 * only for these
	 * @param bufferOffset where in the buffer, 0 unless said
	 * @param fua whether a write or a zero must be durable when answered
	 */
	@Schema(name = "BatchOperation")
	record BatchItem(@OneOf(Kind.class) @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String op,
			@Nullable ByteSize offset, @Nullable ByteSize length, @Nullable String buffer,
			@Nullable ByteSize bufferOffset, @Nullable Boolean fua) {

	}

}
