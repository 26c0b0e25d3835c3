package dev.holdfast.mapping;

import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import dev.holdfast.volume.VolumeHandle;
import org.jspecify.annotations.Nullable;

/**
 * Ends mappings for those who do not want to wait for long: where I/O in flight still
 * uses one it becomes an operation, which cannot be cancelled.
 */
public final class MappingRemovals {

	private static final String KIND = "delete-mapping";

	private final Mappings mappings;

	private final Operations operations;

	private final Map<MappingDeclaration, Operation> running = new ConcurrentHashMap<>();

	public MappingRemovals(Mappings mappings, Operations operations) {
		this.mappings = mappings;
		this.operations = operations;
		// No mapping outlives its process.
		operations.unfinished(KIND).forEach(Operation::succeed);
	}

	/**
	 * Ends a mapping.
	 * @param demanded of what is there
	 * @return {@code null} if it is gone, or the operation that waits for it
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public @Nullable OperationSnapshot delete(BufferDeclaration buffer, VolumeHandle volume,
			Precondition<MappingStatus> demanded) {
		MappingEnding ending = this.mappings.delete(buffer, volume, demanded);
		if (ending.gone().isDone()) {
			return null;
		}
		return this.running.computeIfAbsent(ending.declaration(), (mapping) -> begin(buffer, volume, ending))
			.snapshot();
	}

	private Operation begin(BufferDeclaration buffer, VolumeHandle volume, MappingEnding ending) {
		String tenant = buffer.key().tenant();
		String subject = "tenants/%s/buffers/%s/mappings/%s".formatted(tenant, buffer.key().name(),
				volume.volume().key().name());
		Operation operation = this.operations
			.begin(new OperationSpec(KIND, tenant, subject, "mappings", 1, buffer.uuid() + " " + volume.uuid()));
		var _ = ending.gone().whenCompleteAsync((nothing, failure) -> {
			end(operation, failure);
			this.running.remove(ending.declaration(), operation);
		}, (end) -> Thread.ofVirtual().start(end));
		return operation;
	}

	private static void end(Operation operation, @Nullable Throwable failure) {
		if (failure == null) {
			operation.progress(1);
			operation.succeed();
			return;
		}
		Throwable inner = (failure instanceof CompletionException) ? failure.getCause() : null;
		operation.fail(new ProblemException(Problem.IO_ERROR,
				"The kernel did not let go of the mapping: it stays until the service is started again",
				(inner != null) ? inner : failure));
	}

}
