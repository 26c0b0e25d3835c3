package dev.holdfast.ops;

import java.io.IOException;
import java.time.Clock;

import dev.holdfast.api.rest.Admission;
import dev.holdfast.api.rest.DataLimits;
import dev.holdfast.api.rest.SlowestPace;
import dev.holdfast.block.Batches;
import dev.holdfast.block.BlockService;
import dev.holdfast.block.Rates;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.CatalogLosses;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.DeviceWatch;
import dev.holdfast.device.Devices;
import dev.holdfast.device.Drives;
import dev.holdfast.device.KnownDevices;
import dev.holdfast.device.PossibleLosses;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.event.EventLog;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.Tokens;
import dev.holdfast.uring.sys.KernelProbe;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.volume.CatalogLeases;
import dev.holdfast.volume.CatalogVolumeIndex;
import dev.holdfast.volume.DeviceDrains;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.Scrubs;
import dev.holdfast.volume.TenantRemoval;
import dev.holdfast.volume.VolumeTasks;
import dev.holdfast.volume.Volumes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Engine, devices, staging memory, volumes and the use cases.
 * <p>
 * All of it is open once these beans are made, which is before the web server takes its
 * first request, and each is closed by the container after everything that uses it:
 * requests and the web server first, since they are stopped before any bean is destroyed;
 * then use cases, volumes, staging memory, devices, engine, and the data directory last.
 * A start that fails half-way closes what it has opened in the same order.
 */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

	private static final Logger log = LoggerFactory.getLogger(StorageConfiguration.class);

	private final HoldfastProperties properties;

	StorageConfiguration(HoldfastProperties properties) {
		this.properties = properties;
	}

	@Bean
	KernelProbe kernelProbe() {
		return KernelProbe.run(new LinuxRingSyscalls());
	}

	@Bean
	DrainTime drainTime() {
		return new DrainTime(this.properties.drainLimit());
	}

	@Bean
	Drain drain(Admission admission, EventLog events, DrainTime time, Devices devices) {
		return new Drain(admission, events, time, devices::stopHolding);
	}

	@Bean(destroyMethod = "close")
	DrainedEngine engine(DataDirectory directory, DrainTime time) {
		IoEngine engine = EngineFactory.open(this.properties.engine(), this.properties.rings());
		return new DrainedEngine(engine, time);
	}

	@Bean
	KnownDevices knownDevices(Catalog catalog) {
		return new KnownDevices(catalog);
	}

	@Bean
	Fences fences(Catalog catalog) {
		return new Fences(new CatalogLeases(catalog), Clock.systemUTC());
	}

	@Bean
	Volumes volumes(Catalog catalog, Tenants tenants, Fences fences) {
		return new Volumes(new CatalogVolumeIndex(catalog), new VolumeTenancy(tenants), fences);
	}

	@Bean
	Leases leases(Volumes volumes, Fences fences) {
		return new Leases(volumes, fences, this.properties.ioDeadline());
	}

	@Bean
	PossibleLosses possibleLosses(Catalog catalog, Volumes volumes) {
		PossibleLosses losses = new PossibleLosses(new CatalogLosses(catalog));
		volumes.follow((ended) -> losses.forget(ended.uuid()));
		return losses;
	}

	@Bean(destroyMethod = "close")
	Devices devices(DrainedEngine engine, KnownDevices known, Volumes volumes, PossibleLosses losses) {
		DeviceAttacher attacher = new DeviceAttacher(engine.engine(), DeviceLimits.DEFAULT, known.installation(),
				this.properties.hold().limits(), losses);
		attacher.findings().forEach((finding) -> log.warn("Devices: {}", finding));
		Devices devices = new Devices(attacher, new Drives(), known, volumes);
		boolean started = false;
		try {
			new StartedDevices(devices, known).attach(this.properties.devices());
			started = true;
			return devices;
		}
		finally {
			if (!started) {
				close(devices);
			}
		}
	}

	/** Closed before the devices, which it may be attaching. */
	@Bean(destroyMethod = "close")
	DeviceWatch deviceWatch(Devices devices, BlockService blocks) {
		return DeviceWatch.start(devices);
	}

	private static void close(Devices devices) {
		try {
			devices.close();
		}
		catch (IOException ex) {
			log.warn("Devices were not closed cleanly", ex);
		}
	}

	/** Closed before the devices, so that nothing is at work on them. */
	@Bean(destroyMethod = "close")
	Scrubs scrubs(Volumes volumes, Operations operations, Devices devices) {
		return new Scrubs(volumes, operations);
	}

	@Bean(destroyMethod = "close")
	VolumeTasks volumeTasks(Volumes volumes, Operations operations, Devices devices) {
		VolumeTasks tasks = new VolumeTasks(volumes, operations);
		tasks.resume();
		return tasks;
	}

	/** Closed before the devices, so that nothing is at work on them. */
	@Bean(destroyMethod = "close")
	DeviceDrains deviceDrains(Volumes volumes, Devices devices, Operations operations) {
		DeviceDrains drains = new DeviceDrains(volumes, devices, operations);
		drains.resume();
		return drains;
	}

	@Bean
	TenantRemoval tenantRemoval(Tenants tenants, Tokens tokens, Operations operations, Volumes volumes, Devices devices,
			Buffers buffers) {
		return new TenantRemoval(tenants, tokens, operations, volumes, devices, buffers);
	}

	@Bean
	StagingPool staging(DrainedEngine engine, Devices devices, Memlock memlock, Buffers buffers, Mappings mappings) {
		ByteSize size = this.properties.staging();
		long bytes = (size != null) ? size.bytes() : StagingSize.automatic(memlock.limit(), this.properties.rings(),
				Math.max(1, devices.attached().size()), buffers.declaredBytes());
		try {
			StagingPool pool = StagingPool.open(engine.engine(), memlock, mappings, bytes,
					this.properties.ioDeadline());
			report(new ByteSize(bytes), pool.refusal());
			return pool;
		}
		catch (ProblemException ex) {
			throw new StartRefusedException(
					"There is no memory for holdfast.staging: %s (%s)".formatted(new ByteSize(bytes), ex.getMessage()),
					"Write less, such as 16MiB.", ex);
		}
	}

	static void report(ByteSize size, @Nullable String refusal) {
		if (refusal != null) {
			log.warn("Staging memory: {}, not registered: {}", size, refusal);
		}
		else {
			log.info("Staging memory: {}, registered", size);
		}
	}

	@Bean
	BlockService blockService(DrainedEngine engine, Devices devices, Volumes volumes, StagingPool staging,
			Mappings mappings, Rates rates) {
		return new BlockService(engine.engine(), volumes, staging, mappings.route(staging.buffer()), rates);
	}

	@Bean
	Rates rates(TenantQuotas quotas) {
		return new Rates(quotas, this.properties.limits().rateWait());
	}

	@Bean
	Batches batches(BlockService blocks, Buffers buffers, Mappings mappings) {
		return new Batches(blocks, buffers, mappings);
	}

	@Bean
	DataLimits dataLimits() {
		LimitProperties limits = this.properties.limits();
		return new DataLimits(this.properties.inlineLimit().bytes(), this.properties.ioDeadline(), limits.ranges(),
				limits.wholeReads(), limits.batch(), limits.jsonBody().bytes(),
				new SlowestPace(limits.slowestRate().bytes(), limits.slowestFor()));
	}

}
