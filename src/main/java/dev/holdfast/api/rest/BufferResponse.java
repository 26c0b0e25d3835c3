package dev.holdfast.api.rest;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.buffer.BufferState;
import dev.holdfast.buffer.BufferStatus;
import dev.holdfast.buffer.Pages;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A buffer as its owner sees it.
 *
 * @param name in its tenant
 * @param uuid identity
 * @param sizeBytes in bytes
 * @param declared what was asked for
 * @param state where it is in its life
 * @param reason why it is not in memory, if that has failed; it is tried again
 * @param pages that it is made of, while it is in memory
 * @param pagesReason why these, if others were asked for
 * @param tier of I/O with it, unless a mapping has a better one
 * @param tierReason why it is not registered, if it is not
 * @param createdAt when it was declared
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BufferResponse(String name, UUID uuid, long sizeBytes, DeclaredBuffer declared,
		@OneOf(BufferState.class) String state, @Nullable String reason, @Schema(allowableValues = {
				"4k", "2m", "1g" }) @Nullable String pages,
		@Nullable String pagesReason, @Schema(allowableValues = { "none", "bvec" }) @Nullable String tier,
		@Nullable String tierReason, Instant createdAt){

	EntityTag tag() {
		return EntityTag.of(new Object[] { this.uuid, this.name, this.sizeBytes, this.declared }, this);
	}

	static BufferResponse of(BufferStatus status) {
		BufferDeclaration declaration = status.declaration();
		long size = declaration.spec().sizeBytes();
		Pages pages = status.pages();
		return new BufferResponse(declaration.key().name(), declaration.uuid(), size,
				new DeclaredBuffer(size, declaration.spec().pages().label()), status.state().label(), status.reason(),
				(pages != null) ? pages.label() : null, status.pagesReason(), status.tierLabel(), status.tierReason(),
				declaration.createdAt());
	}

	/**
	 * What was asked for.
	 *
	 * @param sizeBytes in bytes
	 * @param pages that it was to be made of
	 */
	record DeclaredBuffer(long sizeBytes, @Schema(allowableValues = {
			"auto", "4k", "2m", "1g" }) String pages){

	}

}
