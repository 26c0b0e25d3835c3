package dev.holdfast.mapping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.buffer.BufferHandle;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of one buffer, and what of them is still ending: the buffer's memory stays
 * for as long. Who changes what is declared holds its lock.
 */
final class BufferMappings {

	final ReentrantLock lock = new ReentrantLock();

	private final Map<UUID, Mapping> byVolume = new ConcurrentHashMap<>();

	private final List<CompletableFuture<Void>> begun = new ArrayList<>();

	/** The buffer as it is declared, or {@code null} once it is not any more. */
	private volatile @Nullable BufferDeclaration buffer;

	private volatile @Nullable BufferHandle memory;

	@Nullable Mapping find(UUID volume) {
		return this.byVolume.get(volume);
	}

	Collection<Mapping> all() {
		return this.byVolume.values();
	}

	void add(Mapping mapping) {
		this.byVolume.put(mapping.volume, mapping);
	}

	/**
	 * Forgets one that is no longer declared.
	 */
	void drop(Mapping mapping) {
		mapping.wanted = false;
		this.byVolume.remove(mapping.volume, mapping);
	}

	/**
	 * Remembers that something is being done with the buffer's memory.
	 */
	void begun(CompletableFuture<Void> work) {
		synchronized (this.begun) {
			this.begun.removeIf(CompletableFuture::isDone);
			this.begun.add(work);
		}
	}

	/**
	 * All that was begun.
	 */
	CompletableFuture<Void> ended() {
		synchronized (this.begun) {
			return CompletableFuture.allOf(this.begun.toArray(CompletableFuture<?>[]::new));
		}
	}

	@Nullable BufferDeclaration buffer() {
		return this.buffer;
	}

	void buffer(@Nullable BufferDeclaration declared) {
		this.buffer = declared;
	}

	@Nullable BufferHandle memory() {
		return this.memory;
	}

	void memory(@Nullable BufferHandle buffer) {
		this.memory = buffer;
	}

}
