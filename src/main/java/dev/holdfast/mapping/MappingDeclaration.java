package dev.holdfast.mapping;

import java.time.Instant;
import java.util.UUID;

import dev.holdfast.buffer.BufferDeclaration;

/**
 * A mapping as it is declared: what survives a restart.
 *
 * @param buffer identity of the buffer
 * @param volume identity of the volume
 * @param spec what was asked for
 * @param createdAt when it was declared
 */
public record MappingDeclaration(UUID buffer, UUID volume, MappingSpec spec, Instant createdAt) {

	/** In place of a volume: all of them. Nothing else has this identity. */
	static final UUID EVERY_VOLUME = new UUID(0, 0);

	/**
	 * How a buffer of the service's own is mapped, to serve every volume as well as can
	 * be.
	 */
	static MappingDeclaration everywhere(BufferDeclaration buffer) {
		return new MappingDeclaration(buffer.uuid(), EVERY_VOLUME, MappingSpec.DEFAULT, buffer.createdAt());
	}

	MappingDeclaration with(MappingSpec changed) {
		return new MappingDeclaration(this.buffer, this.volume, changed, this.createdAt);
	}

}
