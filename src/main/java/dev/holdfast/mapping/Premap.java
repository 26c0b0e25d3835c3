package dev.holdfast.mapping;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.engine.IoBuffer;

/**
 * A buffer that is mapped to a device, for every mapping that needs it there. Guarded by
 * the budget's monitor.
 */
final class Premap {

	final Key key;

	final BufferHandle buffer;

	final Set<Member> users = new HashSet<>();

	/** Completes with what operations name. */
	final CompletableFuture<IoBuffer> made;

	Premap(Key key, BufferHandle buffer, CompletableFuture<IoBuffer> made) {
		this.key = key;
		this.buffer = buffer;
		this.made = made;
	}

	long bytes() {
		return this.buffer.size();
	}

	String tenant() {
		return this.buffer.key().tenant();
	}

	/** Whether somebody asks for it by name, so that it cannot be taken away. */
	boolean asked() {
		return this.users.stream().anyMatch(Member::asksForDma);
	}

	/** When it was used last, in terms of {@link System#nanoTime()}. */
	long lastUsed() {
		return this.users.stream().mapToLong(Member::lastUsed).max().orElse(0);
	}

	/**
	 * What it maps.
	 *
	 * @param buffer identity
	 * @param device identity
	 * @param generation of the device
	 */
	record Key(UUID buffer, UUID device, long generation) {

	}

}
