package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of the configuration, from the start to the stop.
 */
public final class AttachedDevices implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(AttachedDevices.class);

	private final List<Device> devices;

	private AttachedDevices(List<Device> devices) {
		this.devices = devices;
	}

	/**
	 * Attaches all of them, or none.
	 * @throws StartRefusedException if one cannot be used
	 */
	static AttachedDevices attach(List<DeviceProperties> wanted, DeviceAttacher attacher) {
		if (wanted.isEmpty()) {
			throw new StartRefusedException("No device is configured.",
					"Write one, such as holdfast.devices[0].name: d0 and holdfast.devices[0].path: /dev/nvme0n1.");
		}
		if (wanted.size() > 1) {
			throw new StartRefusedException(
					"This release serves one device and %d are configured.".formatted(wanted.size()),
					"Leave one of them under holdfast.devices.");
		}
		attacher.findings().forEach((finding) -> log.warn("Devices: {}", finding));
		AttachedDevices devices = new AttachedDevices(new ArrayList<>());
		try {
			wanted.forEach((each) -> devices.devices.add(attach(each, attacher)));
			return devices;
		}
		catch (RuntimeException ex) {
			devices.close();
			throw ex;
		}
	}

	private static Device attach(DeviceProperties wanted, DeviceAttacher attacher) {
		String name = Objects.requireNonNull(wanted.name());
		Path path = Objects.requireNonNull(wanted.path());
		ByteSize size = wanted.size();
		try {
			Device device = (size != null && Files.notExists(path)) ? attacher.create(name, path, size.bytes())
					: attacher.attach(name, path);
			log.info("Device {}: {}, {} in blocks of {} bytes, {}", name, path, new ByteSize(device.size()),
					device.blockSize(), device.uuid());
			return device;
		}
		catch (IOException | ProblemException | IllegalArgumentException ex) {
			throw new StartRefusedException("Device %s cannot be used: %s".formatted(name, ex.getMessage()),
					"Check holdfast.devices; nothing was changed on what it names.", ex);
		}
	}

	public List<Device> list() {
		return List.copyOf(this.devices);
	}

	@Override
	public void close() {
		for (Device device : this.devices.reversed()) {
			try {
				device.close();
			}
			catch (IOException | RuntimeException ex) {
				log.warn("Device {} was not closed cleanly", device.name(), ex);
			}
		}
	}

}
