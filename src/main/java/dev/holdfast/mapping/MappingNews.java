package dev.holdfast.mapping;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Tells followers what becomes of mappings, once for each difference that they can see.
 * What is told of one mapping is in the order in which it was so. Any thread, also one
 * that holds the budget's monitor: nothing here waits for another lock of this package.
 */
final class MappingNews {

	private final MappingRegistry registry;

	private final List<MappingFollower> followers = new CopyOnWriteArrayList<>();

	/** What was told last of each that is declared. */
	private final Map<Mapping, Told> told = new ConcurrentHashMap<>();

	MappingNews(MappingRegistry registry) {
		this.registry = registry;
	}

	void follow(MappingFollower follower) {
		this.followers.add(follower);
	}

	/**
	 * One that was declared before the start.
	 */
	void present(Mapping mapping) {
		this.told.put(mapping, new Told(mapping.declaration(), null));
	}

	/**
	 * From here on the mapping is followed.
	 */
	void created(Mapping mapping) {
		this.told.compute(mapping, (same, none) -> tell(mapping, new Told(mapping.declaration(), null),
				(before, now) -> this.followers.forEach((follower) -> follower.created(now))));
	}

	/**
	 * Something else is asked of it now.
	 */
	void declared(Mapping mapping) {
		this.told.computeIfPresent(mapping,
				(same, last) -> tell(mapping, new Told(mapping.declaration(), last.status()), this::difference));
	}

	/**
	 * Its members may be different. What is asked of it is that which was declared last:
	 * a change of that may still be refused.
	 */
	void made(Mapping mapping) {
		this.told.computeIfPresent(mapping, (same, last) -> tell(mapping, last, this::difference));
	}

	void demoted(UUID buffer, Member member) {
		Mapping mapping = this.registry.find(buffer, member);
		if (mapping != null) {
			this.told.computeIfPresent(mapping, (same, last) -> tell(mapping, last,
					(before, now) -> this.followers.forEach((follower) -> follower.demoted(now))));
		}
	}

	/**
	 * Nothing is told of it after this.
	 */
	void deleted(Mapping mapping) {
		Told last = this.told.remove(mapping);
		MappingStatus status = (last != null) ? last.status() : null;
		if (status != null) {
			this.followers.forEach((follower) -> follower.deleted(status));
		}
	}

	/**
	 * A buffer that is not in memory is not yet, at the start, or not any more, at the
	 * stop; and that a volume or a mapping is being deleted is no fault of its devices.
	 */

	private Told tell(Mapping mapping, Told last, BiConsumer<@Nullable MappingStatus, MappingStatus> telling) {
		BufferDeclaration buffer = this.registry.of(mapping.buffer).buffer();
		Reach reach = mapping.reach;
		if (buffer == null || !mapping.wanted || mapping.memory == null || reach == null || reach.ending()) {
			return last;
		}
		MappingStatus now = new MappingStatus(MappingRegistry.key(buffer, reach), last.declaration(), mapping.status());
		telling.accept(last.status(), now);
		return new Told(last.declaration(), now);
	}

	private void difference(@Nullable MappingStatus before, MappingStatus now) {
		List<MemberStatus> known = (before != null) ? before.members() : List.of();
		if (lost(now.members()).stream().anyMatch((device) -> !lost(known).contains(device))) {
			this.followers.forEach((follower) -> follower.stale(now));
		}
		else if (now.state() == MemberState.MAPPED && madeSince(known, now)) {
			this.followers.forEach((follower) -> follower.ready(now));
		}
		else if (before == null || !Seen.of(before).equals(Seen.of(now))) {
			this.followers.forEach((follower) -> follower.changed(now));
		}
	}

	private static List<UUID> lost(List<MemberStatus> members) {
		return members.stream().filter(MappingNews::lost).map(MemberStatus::device).toList();
	}

	private static boolean lost(MemberStatus member) {
		return member.state() == MemberState.STALE || member.state() == MemberState.REMAPPING;
	}

	private static boolean madeSince(List<MemberStatus> before, MappingStatus now) {
		return now.members()
			.stream()
			.anyMatch((member) -> before.stream()
				.noneMatch((same) -> same.device().equals(member.device())
						&& Objects.equals(same.mappedAt(), member.mappedAt())));
	}

	/**
	 * What is known of a mapping.
	 *
	 * @param declaration what is asked of it, once that holds
	 * @param status as it was told, or {@code null} if it never was
	 */
	private record Told(MappingDeclaration declaration, @Nullable MappingStatus status) {

	}

	/**
	 * What of a mapping is worth telling: not its counters.
	 */
	private record Seen(MappingKey key, MappingSpec spec, List<SeenMember> members) {

		static Seen of(MappingStatus mapping) {
			return new Seen(mapping.key(), mapping.declaration().spec(),
					mapping.members().stream().map(SeenMember::of).toList());
		}

	}

	/**
	 * Which of the steps back to a mapping a lost member is at is not worth telling.
	 */
	private record SeenMember(UUID device, @Nullable MemberState state, @Nullable Tier tier,
			Reason.@Nullable Code reason) {

		static SeenMember of(MemberStatus member) {
			Reason reason = member.reason();
			return new SeenMember(member.device(), lost(member) ? null : member.state(), member.tier(),
					(reason != null) ? reason.code() : null);
		}

	}

}
