package dev.holdfast.api.rest;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferStatus;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;

import org.springframework.stereotype.Component;

/**
 * From the names in a path to the buffer.
 */
@Component
class BufferLookup {

	private final Buffers buffers;

	BufferLookup(Buffers buffers) {
		this.buffers = buffers;
	}

	static BufferKey key(String tenant, String buffer) {
		return new BufferKey(tenant, ResourceName.require("buffer", buffer));
	}

	/** Also one that is being deleted. */
	BufferStatus require(String tenant, String buffer) {
		return this.buffers.find(key(tenant, buffer))
			.orElseThrow(() -> new ProblemException(Problem.NOT_FOUND, "There is no buffer of this name"));
	}

	/** In memory or not. */
	BufferDeclaration declaration(String tenant, String buffer) {
		return this.buffers.declaration(key(tenant, buffer));
	}

	/** In memory. */
	BufferHandle open(String tenant, String buffer) {
		return this.buffers.open(key(tenant, buffer));
	}

}
