package dev.holdfast.api.rest;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.operation.OperationError;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;

/**
 * An operation as its owner sees it.
 *
 * @param id identity
 * @param kind what is done
 * @param subject to what
 * @param state where it is in its life
 * @param progress how far it is
 * @param startedAt when it began
 * @param finishedAt when it ended, if it has
 * @param error why it failed, if it has
 * @param cancellable whether it can be cancelled now
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OperationResponse(UUID id, String kind, String subject, @OneOf(OperationState.class) String state,
		Progress progress, Instant startedAt, @Nullable Instant finishedAt, @Nullable Failure error,
		boolean cancellable) {

	static OperationResponse of(OperationSnapshot operation) {
		OperationError error = operation.error();
		return new OperationResponse(operation.id(), operation.kind(), operation.subject(), operation.state().label(),
				new Progress(operation.done(), operation.total(), operation.unit()), operation.startedAt(),
				operation.finishedAt(), (error != null) ? new Failure(error.code(), error.detail()) : null,
				operation.cancellable());
	}

	/**
	 * The answer to a request that takes long.
	 */
	static ResponseEntity<Object> accepted(OperationSnapshot operation) {
		return ResponseEntity.accepted().location(URI.create("/v1/operations/" + operation.id())).body(of(operation));
	}

	/**
	 * How far it is.
	 *
	 * @param done how much
	 * @param total of how much; 0 if that is not known
	 * @param unit what both count
	 */
	record Progress(long done, long total, String unit) {

	}

	/**
	 * Why it failed.
	 *
	 * @param code the name of the problem
	 * @param detail a sentence
	 */
	record Failure(String code, String detail) {

	}

}
