package dev.holdfast.mapping;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.engine.UsageCounter;
import org.jspecify.annotations.Nullable;

/**
 * One mapping: what is to be, and what is. Its members are changed under its lock by
 * {@link MappingReconciler}; dispatch looks them up without.
 */
final class Mapping {

	final ReentrantLock lock = new ReentrantLock();

	final UUID buffer;

	final UUID volume;

	private volatile MappingDeclaration declaration;

	/** Whether it is to be made. */
	volatile boolean wanted = true;

	/** The buffer's memory, while it is there and may be used. */
	volatile @Nullable BufferHandle memory;

	/** Where it leads to, once that has been seen. */
	volatile @Nullable Reach reach;

	/** I/O that goes through it; closed once no more may. */
	final UsageCounter uses = new UsageCounter();

	/** By device. Never changed in place. */
	private volatile Map<UUID, Member> members = Map.of();

	Mapping(MappingDeclaration declaration) {
		this.buffer = declaration.buffer();
		this.volume = declaration.volume();
		this.declaration = declaration;
	}

	MappingDeclaration declaration() {
		return this.declaration;
	}

	MappingSpec spec() {
		return this.declaration.spec();
	}

	void declare(MappingDeclaration changed) {
		this.declaration = changed;
	}

	@Nullable Member member(UUID device) {
		return this.members.get(device);
	}

	Collection<Member> members() {
		return this.members.values();
	}

	void add(Member member) {
		Map<UUID, Member> more = new LinkedHashMap<>(this.members);
		more.put(member.device(), member);
		this.members = more;
	}

	void remove(Member member) {
		Map<UUID, Member> fewer = new LinkedHashMap<>(this.members);
		fewer.remove(member.device(), member);
		this.members = fewer;
	}

	/**
	 * An explicit tier is had or refused; one that is only late is not refused.
	 */
	void requireTier() {
		if (spec().tier() == TierChoice.DMA) {
			for (Member member : members()) {
				Reason refusal = member.refusal();
				if (refusal != null) {
					throw refusal.problem();
				}
			}
		}
	}

	List<MemberStatus> status() {
		return this.members.values().stream().map(Member::status).toList();
	}

}
