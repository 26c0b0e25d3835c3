package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.Rig;

/**
 * Devices that are sparse files, attached once for all tries of a property. For tests
 * that change nothing on them.
 */
final class SparseDevices implements AutoCloseable {

	private final Path directory;

	private final Rig rig;

	private final List<Device> devices = new ArrayList<>();

	private SparseDevices(Path directory) {
		this.directory = directory;
		this.rig = Rig.open(Rig.Kind.PSYNC);
	}

	/**
	 * Attaches as many as there are sizes, of about so many extents each.
	 */
	static SparseDevices ofExtents(int... sizes) throws IOException {
		SparseDevices devices = new SparseDevices(Files.createTempDirectory("holdfast-devices-"));
		for (int extents : sizes) {
			String name = "d" + devices.devices.size();
			Path file = Rig.sparse(devices.directory, name + ".img", (2L << 20) + extents * Geometry.EXTENT_SIZE);
			devices.devices.add(devices.rig.attach(name, file));
		}
		return devices;
	}

	List<Device> list() {
		return this.devices;
	}

	Map<UUID, Device> online() {
		return this.devices.stream().collect(Collectors.toMap(Device::uuid, Function.identity()));
	}

	@Override
	public void close() throws IOException {
		this.rig.close();
		for (Device device : this.devices) {
			Files.delete(device.path());
		}
		Files.delete(this.directory);
	}

}
