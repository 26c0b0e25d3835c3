package dev.holdfast.mapping;

import java.util.List;

import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * A mapping as it was at one moment.
 *
 * @param key names of the buffer and the volume
 * @param declaration what was asked for
 * @param members one for each device, in the order in which they came
 */
public record MappingStatus(MappingKey key, MappingDeclaration declaration, List<MemberStatus> members) {

	private static final Reason NO_MEMBER = new Reason(Reason.Code.PENDING,
			"it waits for a device of its volume, or for its buffer");

	/**
	 * That of the member that is furthest behind.
	 * @return {@link MemberState#PENDING} if there is none
	 */
	public MemberState state() {
		return this.members.stream()
			.map(MemberStatus::state)
			.filter((state) -> state != MemberState.MAPPED)
			.findFirst()
			.orElse(this.members.isEmpty() ? MemberState.PENDING : MemberState.MAPPED);
	}

	/**
	 * The lowest of any member.
	 * @return {@code null} while one of them is not mapped
	 */
	public @Nullable Tier tier() {
		Tier lowest = null;
		for (MemberStatus member : this.members) {
			Tier tier = member.tier();
			if (tier == null) {
				return null;
			}
			lowest = (lowest == null || tier.compareTo(lowest) < 0) ? tier : lowest;
		}
		return lowest;
	}

	/**
	 * The lowest tier by its name in the API.
	 * @return {@code null} while one of the members is not mapped
	 */
	public @Nullable String tierLabel() {
		Tier lowest = tier();
		return (lowest != null) ? lowest.label() : null;
	}

	/**
	 * The first that any member has.
	 */
	public @Nullable Reason reason() {
		if (this.members.isEmpty()) {
			return NO_MEMBER;
		}
		return this.members.stream()
			.map(MemberStatus::reason)
			.filter((reason) -> reason != null)
			.findFirst()
			.orElse(null);
	}

}
