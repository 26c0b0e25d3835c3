package dev.holdfast.mapping;

import java.time.Instant;
import java.util.UUID;

/**
 * A mapping as it is declared: what survives a restart.
 *
 * @param buffer identity of the buffer
 * @param volume identity of the volume
 * @param spec what was asked for
 * @param createdAt when it was declared
 */
public record MappingDeclaration(UUID buffer, UUID volume, MappingSpec spec, Instant createdAt) {

	MappingDeclaration with(MappingSpec changed) {
		return new MappingDeclaration(this.buffer, this.volume, changed, this.createdAt);
	}

}
