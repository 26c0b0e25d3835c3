package dev.holdfast.ops;

import java.security.SecureRandom;
import java.time.Clock;

import dev.holdfast.api.rest.DeviceEvents;
import dev.holdfast.device.Devices;
import dev.holdfast.event.EventLog;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.Volumes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The log of events, and who publishes what. What the start itself does is no event:
 * nobody can have followed it, and a client of the run before is told to list again.
 */
@Configuration(proxyBeanMethods = false)
class EventConfiguration {

	private static final int RUN_LETTERS = 10;

	@Bean(destroyMethod = "close")
	EventLog eventLog(HoldfastProperties properties) {
		return new EventLog(Clock.systemUTC(), run(), properties.limits().eventStreams());
	}

	/** Not a number that grows: the clock may be set back, and the catalog restored. */
	private static String run() {
		return new SecureRandom().ints(RUN_LETTERS, 0, Character.MAX_RADIX)
			.collect(StringBuilder::new, (text, digit) -> text.append(Character.forDigit(digit, Character.MAX_RADIX)),
					StringBuilder::append)
			.toString();
	}

	/**
	 * Connects those who publish with the log.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Publishing {

		Publishing(EventLog events, Operations operations, Tenants tenants, Devices devices, Volumes volumes,
				MemoryConfiguration.ServedBuffers buffers, Mappings mappings) {
			operations.follow(new OperationEvents(events));
			tenants.follow(new TenantEvents(events));
			devices.follow(new DeviceEvents(events, volumes, devices.list()));
			buffers.buffers().follow(new BufferEvents(events));
			mappings.follow(new MappingEvents(events));
			VolumeEvents following = new VolumeEvents(events);
			volumes.follow(following);
			following.begin();
		}

	}

}
