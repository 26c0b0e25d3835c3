package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Devices;
import dev.holdfast.device.KnownDevice;
import dev.holdfast.device.KnownDevices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches devices at the start: those of the configuration, and those that were attached
 * before. One that was here before and is not now keeps nobody from starting.
 */
final class StartedDevices {

	private static final Logger log = LoggerFactory.getLogger(StartedDevices.class);

	private final Devices devices;

	private final KnownDevices known;

	StartedDevices(Devices devices, KnownDevices known) {
		this.devices = devices;
		this.known = known;
	}

	/**
	 * Attaches all of them.
	 * @throws StartRefusedException if one that was never here before cannot be used
	 */
	void attach(List<DeviceProperties> configured) {
		Set<String> before = this.known.list().stream().map(KnownDevice::name).collect(Collectors.toSet());
		configured.forEach((wanted) -> attach(wanted, before));
		Set<String> names = configured.stream().map(DeviceProperties::name).collect(Collectors.toSet());
		this.known.list().stream().filter((each) -> !names.contains(each.name())).forEach(this::attachAgain);
		if (this.devices.list().isEmpty()) {
			log.info("No device yet: attach one with PUT /v1/devices/NAME, or write it under holdfast.devices");
		}
	}

	private void attach(DeviceProperties wanted, Set<String> before) {
		String name = Objects.requireNonNull(wanted.name());
		Path path = Objects.requireNonNull(wanted.path());
		ByteSize size = wanted.size();
		try {
			this.devices.attachConfigured(name, path, (size != null) ? size.bytes() : 0, wanted.adopt());
		}
		catch (IOException | ProblemException | IllegalArgumentException ex) {
			if (!before.contains(name)) {
				throw new StartRefusedException(
						"Device %s (%s) cannot be used: %s".formatted(name, path, ex.getMessage()),
						"Check holdfast.devices; nothing was changed on what it names.", ex);
			}
			log.warn("Device {} ({}) is absent: {}. Its volumes are unavailable", name, path, ex.getMessage());
		}
	}

	private void attachAgain(KnownDevice device) {
		if (device.configured()) {
			log.warn(
					"Device {} is not in the configuration any more. It is attached all the same, since it was here before; DELETE /v1/devices/{} detaches it",
					device.name(), device.name());
		}
		String reason = this.devices.attachKnown(device);
		if (reason != null) {
			log.warn("Device {} is absent: {}. Its volumes are unavailable", device.name(), reason);
		}
	}

}
