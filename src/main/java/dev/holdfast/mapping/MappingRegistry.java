package dev.holdfast.mapping;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeHandle;
import org.jspecify.annotations.Nullable;

/**
 * Every mapping there is, by the buffer that it is of. Any thread.
 */
final class MappingRegistry {

	private final Map<UUID, BufferMappings> buffers = new ConcurrentHashMap<>();

	BufferMappings of(UUID buffer) {
		return this.buffers.computeIfAbsent(buffer, (name) -> new BufferMappings());
	}

	/** A buffer of which nothing is left. */
	void remove(UUID buffer, BufferMappings ofBuffer) {
		this.buffers.remove(buffer, ofBuffer);
	}

	@Nullable Mapping find(UUID buffer, UUID volume) {
		BufferMappings ofBuffer = this.buffers.get(buffer);
		return (ofBuffer != null) ? ofBuffer.find(volume) : null;
	}

	/**
	 * Refuses a buffer that is not declared, or no longer.
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	void requireDeclared(BufferHandle buffer) {
		if (of(buffer.declaration().uuid()).buffer() == null) {
			throw new ProblemException(Problem.NOT_FOUND, "There is no buffer %s".formatted(buffer.key().name()));
		}
	}

	/**
	 * A mapping that is there, also one that is ending.
	 * @param demanded of what is there
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	Mapping present(BufferDeclaration buffer, VolumeHandle volume, Precondition<MappingStatus> demanded) {
		Mapping mapping = find(buffer.uuid(), volume.uuid());
		demanded.check((mapping != null) ? status(mapping, buffer, volume) : null);
		if (mapping == null) {
			throw notMapped(buffer, volume);
		}
		return mapping;
	}

	static ProblemException notMapped(BufferDeclaration buffer, VolumeHandle volume) {
		return new ProblemException(Problem.NOT_FOUND,
				"Buffer %s is not mapped to volume %s".formatted(buffer.key().name(), volume.volume().key().name()));
	}

	/** The mapping that a member is part of, once it is declared. */
	@Nullable Mapping find(UUID buffer, Member member) {
		BufferMappings ofBuffer = this.buffers.get(buffer);
		return (ofBuffer != null) ? ofBuffer.all()
			.stream()
			.filter((mapping) -> mapping.members().contains(member))
			.findFirst()
			.orElse(null) : null;
	}

	/** One that is no longer declared. */
	void drop(Mapping mapping) {
		BufferMappings ofBuffer = this.buffers.get(mapping.buffer);
		if (ofBuffer != null) {
			ofBuffer.drop(mapping);
		}
	}

	Stream<Mapping> all() {
		return this.buffers.values().stream().flatMap((ofBuffer) -> ofBuffer.all().stream());
	}

	List<Mapping> ofVolume(UUID volume) {
		return this.buffers.values()
			.stream()
			.map((ofBuffer) -> ofBuffer.find(volume))
			.<Mapping>mapMulti((mapping, sink) -> {
				if (mapping != null) {
					sink.accept(mapping);
				}
			})
			.toList();
	}

	/**
	 * Does something while nobody else changes what is declared of these buffers.
	 */
	<T> T locked(Collection<UUID> buffers, Supplier<T> action) {
		List<ReentrantLock> locks = buffers.stream().distinct().sorted().map((buffer) -> of(buffer).lock).toList();
		locks.forEach(ReentrantLock::lock);
		try {
			return action.get();
		}
		finally {
			locks.reversed().forEach(ReentrantLock::unlock);
		}
	}

	/** Those of which it is known where they lead to. */
	List<MappingStatus> list(BufferDeclaration buffer) {
		BufferMappings ofBuffer = this.buffers.get(buffer.uuid());
		if (ofBuffer == null) {
			return List.of();
		}
		return ofBuffer.all().stream().<MappingStatus>mapMulti((mapping, sink) -> {
			Reach reach = mapping.reach;
			if (reach != null) {
				sink.accept(status(mapping, buffer, reach));
			}
		}).toList();
	}

	List<MappingStatus> onDevice(UUID device) {
		Predicate<MemberStatus> there = (member) -> member.device().equals(device);
		return this.buffers.values()
			.stream()
			.map(BufferMappings::buffer)
			.filter(Objects::nonNull)
			.flatMap((buffer) -> list(buffer).stream())
			.filter((mapping) -> mapping.members().stream().anyMatch(there))
			.toList();
	}

	/** How many each tenant has that has any. */
	Map<String, Long> counts() {
		Map<String, Long> counts = new HashMap<>();
		this.buffers.values().forEach((ofBuffer) -> {
			BufferDeclaration buffer = ofBuffer.buffer();
			if (buffer != null && !ofBuffer.all().isEmpty()) {
				counts.merge(buffer.key().tenant(), (long) ofBuffer.all().size(), Long::sum);
			}
		});
		return counts;
	}

	int count(String tenant) {
		return this.buffers.values().stream().filter((ofBuffer) -> {
			BufferDeclaration buffer = ofBuffer.buffer();
			return buffer != null && buffer.key().tenant().equals(tenant);
		}).mapToInt((ofBuffer) -> ofBuffer.all().size()).sum();
	}

	static MappingStatus status(Mapping mapping, BufferDeclaration buffer, VolumeHandle volume) {
		return status(mapping, buffer, new VolumeReach(volume));
	}

	private static MappingStatus status(Mapping mapping, BufferDeclaration buffer, Reach reach) {
		return new MappingStatus(key(buffer, reach), mapping.declaration(), mapping.status());
	}

	static MappingKey key(BufferDeclaration buffer, Reach reach) {
		return new MappingKey(buffer.key().tenant(), buffer.key().name(), reach.name());
	}

}
