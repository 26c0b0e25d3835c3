package dev.holdfast.ops;

import dev.holdfast.buffer.BufferFollower;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferStatus;
import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;

/**
 * Publishes what becomes of buffers.
 */
final class BufferEvents implements BufferFollower {

	private final EventLog log;

	BufferEvents(EventLog log) {
		this.log = log;
	}

	@Override
	public void created(BufferStatus buffer) {
		publish(EventKind.BUFFER_CREATED, buffer);
	}

	@Override
	public void changed(BufferStatus buffer) {
		publish(EventKind.BUFFER_CHANGED, buffer);
	}

	@Override
	public void deleted(BufferStatus buffer) {
		publish(EventKind.BUFFER_DELETED, buffer);
	}

	private void publish(EventKind kind, BufferStatus buffer) {
		BufferKey key = buffer.declaration().key();
		this.log.publish(kind, key.tenant(), "tenants/%s/buffers/%s".formatted(key.tenant(), key.name()), buffer);
	}

}
