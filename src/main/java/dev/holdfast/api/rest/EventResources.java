package dev.holdfast.api.rest;

import dev.holdfast.buffer.BufferStatus;
import dev.holdfast.device.Devices;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.volume.Volume;

import org.springframework.stereotype.Component;

/**
 * From what layers publish to what clients see.
 */
@Component
class EventResources {

	private final Devices devices;

	private final TenantUse tenants;

	private final ServingNode node;

	EventResources(Devices devices, TenantUse tenants, ServingNode node) {
		this.devices = devices;
		this.tenants = tenants;
		this.node = node;
	}

	/**
	 * A resource in the form in which the API shows it.
	 */
	Record shown(Record snapshot) {
		return switch (snapshot) {
			case OperationSnapshot operation -> OperationResponse.of(operation);
			case Volume volume -> VolumeResponse.of(volume, this.devices.names(), this.node);
			case BufferStatus buffer -> BufferResponse.of(buffer);
			case MappingStatus mapping -> MappingResponse.of(mapping);
			case Tenant tenant -> this.tenants.response(tenant);
			case DeviceResponse device -> device;
			case PossibleWriteLoss loss -> loss;
			default -> throw new IllegalStateException("events of " + snapshot.getClass() + " have no form");
		};
	}

}
