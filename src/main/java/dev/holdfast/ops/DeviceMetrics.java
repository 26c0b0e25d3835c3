package dev.holdfast.ops;

import java.util.List;
import java.util.function.ToDoubleFunction;

import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceHold;
import dev.holdfast.device.DeviceState;
import dev.holdfast.device.DeviceStatus;
import dev.holdfast.device.Devices;
import dev.holdfast.device.Drive;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.OperationState;
import dev.holdfast.operation.Operations;
import dev.holdfast.volume.SpaceUsage;
import dev.holdfast.volume.Volumes;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.jspecify.annotations.Nullable;

/**
 * Which devices there are, how they are used, and how far long work on them is, for a
 * scrape.
 */
final class DeviceMetrics implements MultiCollector {

	private static final String DEVICES = "devices/";

	private final Devices devices;

	private final Volumes volumes;

	private final Operations operations;

	DeviceMetrics(Devices devices, Volumes volumes, Operations operations) {
		this.devices = devices;
		this.volumes = volumes;
		this.operations = operations;
	}

	@Override
	public MetricSnapshots collect() {
		List<DeviceStatus> all = this.devices.list();
		return MetricSnapshots.of(states(all), generations(all), infos(all), capacity(all), progress(),
				held("holdfast_io_held", "Operations that wait for a drive that is away", DeviceHold::operations),
				held("holdfast_io_held_bytes", "Bytes of writes that wait for a drive that is away", DeviceHold::bytes),
				held("holdfast_io_held_limit_bytes", "Bytes that may wait", (hold) -> hold.limits().bytes()), stuck(),
				possibleLosses());
	}

	private static GaugeSnapshot states(List<DeviceStatus> all) {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_device_state", "1 for the state that the device is in");
		for (DeviceStatus status : all) {
			for (DeviceState state : DeviceState.values()) {
				metric.dataPoint(Samples.gauge(Labels.of("device", status.known().name(), "state", state.label()),
						(status.state() == state) ? 1 : 0));
			}
		}
		return metric.build();
	}

	private static GaugeSnapshot generations(List<DeviceStatus> all) {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_device_generation",
				"Times that the device was attached");
		for (DeviceStatus status : all) {
			Device device = status.device();
			if (device != null) {
				metric.dataPoint(Samples.gauge(Labels.of("device", device.name()), (double) device.generation()));
			}
		}
		return metric.build();
	}

	private static InfoSnapshot infos(List<DeviceStatus> all) {
		InfoSnapshot.Builder metric = InfoSnapshot.builder().name("holdfast_device").help("What the drive says it is");
		for (DeviceStatus status : all) {
			Drive drive = status.drive();
			if (drive != null) {
				metric.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
					.labels(Labels.of("device", status.known().name(), "model", text(drive.model()), "serial",
							text(drive.serial()), "wwid", text(drive.wwid())))
					.build());
			}
		}
		return metric.build();
	}

	private static String text(@Nullable String value) {
		return (value != null) ? value : "";
	}

	private GaugeSnapshot capacity(List<DeviceStatus> all) {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_capacity_bytes", "Room for volumes, by how it is used");
		for (DeviceStatus status : all) {
			if (status.device() != null) {
				SpaceUsage usage = this.volumes.usage(status.known().uuid());
				add(metric, status, "used", usage, SpaceUsage::used);
				add(metric, status, "free", usage, SpaceUsage::free);
				add(metric, status, "dirty", usage, SpaceUsage::dirty);
			}
		}
		return metric.build();
	}

	private static void add(GaugeSnapshot.Builder metric, DeviceStatus status, String state, SpaceUsage usage,
			ToDoubleFunction<SpaceUsage> value) {
		metric.dataPoint(
				Samples.gauge(Labels.of("device", status.known().name(), "state", state), value.applyAsDouble(usage)));
	}

	private GaugeSnapshot held(String name, String help, ToDoubleFunction<DeviceHold> value) {
		GaugeSnapshot.Builder metric = Samples.gauge(name, help);
		for (Device device : this.devices.attached()) {
			metric.dataPoint(Samples.gauge(Labels.of("device", device.name()), value.applyAsDouble(device.hold())));
		}
		return metric.build();
	}

	private GaugeSnapshot stuck() {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_io_stuck",
				"Operations that the device has not ended in time");
		for (Device device : this.devices.attached()) {
			metric.dataPoint(Samples.gauge(Labels.of("device", device.name()), (double) device.overdue().count()));
		}
		return metric.build();
	}

	private CounterSnapshot possibleLosses() {
		CounterSnapshot.Builder metric = Samples.counter("holdfast_possible_write_loss",
				"Writes that were answered and not flushed when their drive went away");
		for (Device device : this.devices.attached()) {
			metric.dataPoint(Samples.count(Labels.of("device", device.name()), (double) device.possibleLosses()));
		}
		return metric.build();
	}

	/** Work on devices only: that on tenants' volumes would be a series each. */
	private GaugeSnapshot progress() {
		GaugeSnapshot.Builder metric = Samples.gauge("holdfast_operation_progress_ratio",
				"How far long work is, 0 to 1");
		for (OperationSnapshot operation : this.operations.list()) {
			if (operation.state() == OperationState.RUNNING && operation.subject().startsWith(DEVICES)) {
				String device = operation.subject().substring(DEVICES.length());
				double ratio = (operation.total() > 0) ? (double) operation.done() / operation.total() : 0;
				metric.dataPoint(Samples.gauge(Labels.of("kind", operation.kind(), "device", device), ratio));
			}
		}
		return metric.build();
	}

}
