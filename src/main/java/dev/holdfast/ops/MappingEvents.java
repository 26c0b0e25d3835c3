package dev.holdfast.ops;

import dev.holdfast.event.EventKind;
import dev.holdfast.event.EventLog;
import dev.holdfast.mapping.MappingFollower;
import dev.holdfast.mapping.MappingKey;
import dev.holdfast.mapping.MappingStatus;

/**
 * Publishes what becomes of mappings.
 */
final class MappingEvents implements MappingFollower {

	private final EventLog log;

	MappingEvents(EventLog log) {
		this.log = log;
	}

	@Override
	public void created(MappingStatus mapping) {
		publish(EventKind.MAPPING_CREATED, mapping);
	}

	@Override
	public void changed(MappingStatus mapping) {
		publish(EventKind.MAPPING_CHANGED, mapping);
	}

	@Override
	public void ready(MappingStatus mapping) {
		publish(EventKind.MAPPING_READY, mapping);
	}

	@Override
	public void stale(MappingStatus mapping) {
		publish(EventKind.MAPPING_STALE, mapping);
	}

	@Override
	public void demoted(MappingStatus mapping) {
		publish(EventKind.MAPPING_DEMOTED, mapping);
	}

	@Override
	public void deleted(MappingStatus mapping) {
		publish(EventKind.MAPPING_DELETED, mapping);
	}

	private void publish(EventKind kind, MappingStatus mapping) {
		MappingKey key = mapping.key();
		this.log.publish(kind, key.tenant(),
				"tenants/%s/buffers/%s/mappings/%s".formatted(key.tenant(), key.buffer(), key.volume()), mapping);
	}

}
