package dev.holdfast.buffer;

import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * A buffer as it was at one moment.
 *
 * @param declaration what was asked for
 * @param state where it is in its life
 * @param reason why it failed, or {@code null}
 * @param pages that it is made of, or {@code null} while it is not in memory
 * @param pagesReason why these and not those asked for, or {@code null}
 * @param tier of I/O with it without a mapping, or {@code null} while it is not in memory
 * @param tierReason why it is not registered, or {@code null} if it is
 */
public record BufferStatus(BufferDeclaration declaration, BufferState state, @Nullable String reason,
		@Nullable Pages pages, @Nullable String pagesReason, @Nullable Tier tier, @Nullable String tierReason) {

	/**
	 * The tier by its name in the API.
	 * @return {@code null} while it is not in memory
	 */
	public @Nullable String tierLabel() {
		return (this.tier != null) ? this.tier.label() : null;
	}

}
