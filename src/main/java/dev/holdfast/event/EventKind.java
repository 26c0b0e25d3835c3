package dev.holdfast.event;

import java.util.Locale;

/**
 * What can happen, by the names of the API. {@code src/docs/events.md} says what each
 * carries.
 */
public enum EventKind {

	OPERATION_STARTED, OPERATION_PROGRESSED, OPERATION_FINISHED,

	VOLUME_CREATED, VOLUME_CHANGED, VOLUME_DELETED,

	BUFFER_CREATED, BUFFER_CHANGED, BUFFER_DELETED,

	MAPPING_CREATED, MAPPING_CHANGED, MAPPING_READY, MAPPING_STALE, MAPPING_DEMOTED, MAPPING_DELETED,

	DEVICE_ATTACHED, DEVICE_CHANGED, DEVICE_DETACHED,

	POSSIBLE_WRITE_LOSS,

	TENANT_CREATED, TENANT_CHANGED, TENANT_DELETED;

	private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

	/**
	 * The name in the API.
	 * @return such as {@code operation-finished}
	 */
	public String label() {
		return this.label;
	}

}
