package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is there of the service while it runs, from the catalog up to volumes. Started
 * again it knows what the catalog knows.
 */
final class Machine implements AutoCloseable {

	static final VolumeKey DB = new VolumeKey("acme", "db");

	private final Catalog catalog;

	private final Drives drives;

	private Rig rig;

	private KnownDevices known;

	private Volumes volumes;

	private Devices devices;

	/**
	 * A machine that runs, and knows of no device.
	 */
	Machine(Path directory) {
		this(directory, new Drives());
	}

	/**
	 * With drives that may not be there.
	 */
	Machine(Path directory, Drives drives) {
		this.catalog = Catalog.open(directory.resolve("catalog.db"));
		this.drives = drives;
		start();
	}

	private void start() {
		this.rig = Rig.open(Rig.Kind.PSYNC);
		this.known = new KnownDevices(this.catalog);
		this.volumes = new Volumes(new CatalogVolumeIndex(this.catalog), (tenant) -> true, MemoryLeases.fences());
		this.devices = new Devices(this.rig.attacher(this.known.installation()), this.drives, this.known, this.volumes);
	}

	/**
	 * Stops and starts, and attaches nothing yet.
	 */
	Machine restartBare() throws IOException {
		stop();
		start();
		return this;
	}

	void stop() throws IOException {
		this.devices.close();
		this.rig.close();
	}

	/**
	 * Stops, starts, and attaches what is known.
	 */
	Machine restart() throws IOException {
		restartBare();
		this.known.list().forEach(this.devices::attachKnown);
		return this;
	}

	Devices devices() {
		return this.devices;
	}

	KnownDevices known() {
		return this.known;
	}

	Volumes volumes() {
		return this.volumes;
	}

	boolean attach(String name, Path path) {
		return this.devices.attach(name, DeviceRequest.of(DeviceSelector.at(path)));
	}

	Device online(String name) {
		DeviceStatus status = this.devices.get(name);
		assertThat(status.state()).as(status.reason()).isEqualTo(DeviceState.ONLINE);
		assertThat(status.reason()).isNull();
		assertThat(status.device()).isNotNull();
		return status.device();
	}

	/**
	 * Why a device is absent.
	 */
	String absent(String name) {
		DeviceStatus status = this.devices.get(name);
		assertThat(status.state()).isEqualTo(DeviceState.ABSENT);
		assertThat(status.device()).isNull();
		assertThat(this.devices.attached()).extracting(Device::name).doesNotContain(name);
		return status.reason();
	}

	void createVolume() {
		this.volumes.create(DB, VolumeSpec.ofSize(4096));
	}

	@Override
	public void close() throws IOException {
		stop();
		this.catalog.close();
	}

}
