package dev.holdfast.ops;

import java.time.Clock;
import java.time.Duration;

import dev.holdfast.buffer.AvailableMemory;
import dev.holdfast.buffer.BufferRemovals;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.Devices;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.mapping.MappingRemovals;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.uring.sys.KernelProbe;
import dev.holdfast.volume.VolumeTasks;
import dev.holdfast.volume.Volumes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tenants' buffers and mappings. What is declared is known from the beginning; memory is
 * taken once devices, volumes and staging memory are there, and given back before they
 * go.
 */
@Configuration(proxyBeanMethods = false)
class MemoryConfiguration {

	/** How long a request waits for a mapping that is being made. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	@Bean
	Memlock memlock(DrainedEngine engine, KernelProbe kernel) {
		return new Memlock(engine.engine(), lockable(engine.engine(), kernel), new AvailableMemory()::bytes);
	}

	/** Only io_uring registers memory. */
	private static long lockable(IoEngine engine, KernelProbe kernel) {
		return engine.name().equals("io_uring") ? kernel.lockableBytes() : Long.MAX_VALUE;
	}

	@Bean
	TenantQuotas tenantQuotas(Tenants tenants) {
		return new TenantQuotas(tenants);
	}

	@Bean(destroyMethod = "close")
	Mappings mappings(Catalog catalog, DrainedEngine engine, TenantQuotas quotas, Volumes volumes, Devices devices,
			Tenants tenants, HoldfastProperties properties) {
		Mappings mappings = new Mappings(catalog, Clock.systemUTC(), engine.engine(), quotas,
				properties.premapPerDevice().bytes(), PATIENCE);
		volumes.follow(mappings);
		mappings.volumesKnown();
		tenants.follow(mappings.waiting());
		mappings.follow(devices);
		return mappings;
	}

	/** Closed by {@link ServedBuffers}. */
	@Bean(destroyMethod = "")
	Buffers buffers(Catalog catalog, DrainedEngine engine, Memlock memlock, TenantQuotas quotas, Mappings mappings) {
		return new Buffers(catalog, Clock.systemUTC(), engine.engine(), memlock, quotas, mappings);
	}

	@Bean
	BufferRemovals bufferRemovals(Buffers buffers, Operations operations) {
		return new BufferRemovals(buffers, operations);
	}

	@Bean
	MappingRemovals mappingRemovals(Mappings mappings, Operations operations) {
		return new MappingRemovals(mappings, operations);
	}

	@Bean(destroyMethod = "close")
	ServedBuffers servedBuffers(Buffers buffers, Devices devices, VolumeTasks tasks, StagingPool staging) {
		buffers.start();
		return new ServedBuffers(buffers);
	}

	/**
	 * Buffers in memory, for as long as what they are used with is open.
	 *
	 * @param buffers that were started
	 */
	record ServedBuffers(Buffers buffers) implements AutoCloseable {

		@Override
		public void close() {
			this.buffers.close();
		}

	}

}
