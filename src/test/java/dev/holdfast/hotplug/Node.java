package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.Rates;
import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.CatalogLosses;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.DeviceRequest;
import dev.holdfast.device.DeviceSelector;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceWatch;
import dev.holdfast.device.Devices;
import dev.holdfast.device.Drives;
import dev.holdfast.device.HoldLimits;
import dev.holdfast.device.KnownDevices;
import dev.holdfast.device.PossibleLosses;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.mapping.Routes;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.Operations;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.DeviceDrains;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.Volumes;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All of the service that drives and tenants' blocks go through, without its faces.
 * Closing it checks that nothing has leaked.
 */
final class Node implements AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Catalog catalog;

	private final IoEngine engine;

	private DeviceWatch watch;

	private final StagingPool staging;

	final Devices devices;

	final Volumes volumes;

	final BlockService blocks;

	final Leases leases;

	final Operations operations;

	final DeviceDrains drains;

	Node(Path directory, HoldLimits hold) throws IOException {
		this(directory, hold, UnaryOperator.identity());
	}

	/**
	 * A node with something around its engine.
	 */
	Node(Path directory, HoldLimits hold, UnaryOperator<IoEngine> around) throws IOException {
		this.catalog = Catalog.open(directory.resolve("catalog.db"));
		this.engine = around.apply(IoEngines.best(EngineOptions.DEFAULT));
		KnownDevices known = new KnownDevices(this.catalog);
		Fences fences = MemoryLeases.fences();
		this.volumes = new Volumes(new CatalogVolumeIndex(this.catalog), (tenant) -> true, fences);
		this.leases = new Leases(this.volumes, fences, PATIENCE);
		PossibleLosses losses = new PossibleLosses(new CatalogLosses(this.catalog));
		this.volumes.follow((ended) -> losses.forget(ended.uuid()));
		DeviceAttacher attacher = new DeviceAttacher(this.engine, DeviceLimits.DEFAULT, known.installation(), hold,
				losses);
		this.devices = new Devices(attacher, new Drives(), known, this.volumes);
		this.staging = Staging.open(this.engine, 16 << 20, Duration.ofSeconds(10));
		this.blocks = new BlockService(this.engine, this.volumes, this.staging, Routes.unmapped(this.staging.buffer()),
				Rates.NONE);
		known.list().forEach(this.devices::attachKnown);
		this.operations = new Operations(this.catalog, Clock.systemUTC());
		this.drains = new DeviceDrains(this.volumes, this.devices, this.operations);
		this.drains.resume();
		this.watch = DeviceWatch.start(this.devices);
	}

	/**
	 * Sees no drive come or go until {@link #resumeWatch}.
	 */
	void suspendWatch() {
		this.watch.close();
	}

	void resumeWatch() {
		this.watch = DeviceWatch.start(this.devices);
	}

	void attach(String name, Path path) {
		this.devices.attach(name, DeviceRequest.of(DeviceSelector.at(path)));
	}

	Device device(String name) {
		Device device = this.devices.get(name).device();
		assertThat(device).as(name).isNotNull();
		return device;
	}

	/**
	 * Begins to move everything on a device elsewhere.
	 * @param onto name of another device, or empty for all the others
	 */
	OperationSnapshot empty(String name, String onto) {
		return onto.isEmpty() ? this.drains.drain(name) : this.drains.replace(name, onto);
	}

	void await(String name, DeviceState state) {
		patiently()
			.untilAsserted(() -> assertThat(this.devices.get(name).state()).as(() -> this.devices.get(name).reason())
				.isEqualTo(state));
	}

	/**
	 * Looks often, since much of what is waited for takes a few milliseconds.
	 */
	static ConditionFactory patiently() {
		return Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

	/**
	 * Nothing may be held, or in flight.
	 */
	void assertNothingHeld() {
		for (Device device : List.copyOf(this.devices.attached())) {
			patiently().untilAsserted(() -> assertThat(device.inFlight()).as(device.name()).isZero());
			assertThat(device.hold().operations()).as(device.name()).isZero();
			assertThat(device.hold().bytes()).as(device.name()).isZero();
		}
		assertThat(this.staging.usedRatio()).isZero();
	}

	@Override
	public void close() throws IOException {
		this.watch.close();
		this.drains.close();
		this.devices.close();
		this.staging.close();
		this.engine.close();
		this.catalog.close();
	}

}
