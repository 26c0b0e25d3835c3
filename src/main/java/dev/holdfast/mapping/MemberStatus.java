package dev.holdfast.mapping;

import java.time.Instant;
import java.util.UUID;

import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * A member as it was at one moment.
 *
 * @param device identity of the device
 * @param deviceName what the device is called
 * @param generation of the device that it was made for
 * @param state where it is in its life
 * @param tier of I/O through it, or {@code null} while it is not mapped
 * @param reason why it has no better tier, or is not mapped; {@code null} if it is as
 * asked
 * @param mappedAt when it was made, or {@code null}
 * @param mapMicros how long that took
 * @param ios operations that went through it
 * @param fallbacks operations that had to go without it
 */
public record MemberStatus(UUID device, String deviceName, long generation, MemberState state, @Nullable Tier tier,
		@Nullable Reason reason, @Nullable Instant mappedAt, long mapMicros, long ios, long fallbacks) {

	/**
	 * The tier by its name in the API.
	 * @return {@code null} while it is not mapped
	 */
	public @Nullable String tierLabel() {
		return (this.tier != null) ? this.tier.label() : null;
	}

}
