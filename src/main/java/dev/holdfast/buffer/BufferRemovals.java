package dev.holdfast.buffer;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import org.jspecify.annotations.Nullable;

/**
 * Deletes buffers for those who do not want to wait: one whose memory is in use for more
 * than a second becomes an operation. It cannot be cancelled, since its name is free from
 * the beginning as far as a restart is concerned.
 */
public final class BufferRemovals {

	private static final String KIND = "delete-buffer";

	private final Buffers buffers;

	private final Operations operations;

	private final Duration patience;

	private final Map<UUID, Operation> running = new ConcurrentHashMap<>();

	public BufferRemovals(Buffers buffers, Operations operations) {
		this(buffers, operations, Duration.ofSeconds(1));
	}

	BufferRemovals(Buffers buffers, Operations operations, Duration patience) {
		this.buffers = buffers;
		this.operations = operations;
		this.patience = patience;
		// No memory outlives its process.
		operations.unfinished(KIND).forEach(Operation::succeed);
	}

	/**
	 * Ends a buffer, and the mappings of it.
	 * @param demanded of what is there
	 * @return {@code null} if it is gone, or the operation that waits for it
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public @Nullable OperationSnapshot delete(BufferKey key, Precondition<BufferStatus> demanded) {
		Buffers.Ending ending = this.buffers.end(key, demanded);
		if (ending.await(this.patience)) {
			return null;
		}
		return this.running.computeIfAbsent(ending.declaration().uuid(), (buffer) -> begin(ending)).snapshot();
	}

	private Operation begin(Buffers.Ending ending) {
		BufferDeclaration declaration = ending.declaration();
		BufferKey key = declaration.key();
		Operation operation = this.operations
			.begin(new OperationSpec(KIND, key.tenant(), "tenants/%s/buffers/%s".formatted(key.tenant(), key.name()),
					"bytes", declaration.spec().sizeBytes(), declaration.uuid().toString()));
		var _ = ending.gone().whenCompleteAsync((nothing, failure) -> {
			end(operation, declaration, failure);
			this.running.remove(declaration.uuid(), operation);
		}, (end) -> Thread.ofVirtual().start(end));
		return operation;
	}

	private static void end(Operation operation, BufferDeclaration declaration, @Nullable Throwable failure) {
		if (failure == null) {
			operation.progress(declaration.spec().sizeBytes());
			operation.succeed();
			return;
		}
		Throwable inner = (failure instanceof CompletionException) ? failure.getCause() : null;
		operation.fail(new ProblemException(Problem.IO_ERROR,
				"The kernel did not let go of the memory: it stays until the service is started again",
				(inner != null) ? inner : failure));
	}

}
