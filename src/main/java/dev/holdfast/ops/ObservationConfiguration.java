package dev.holdfast.ops;

import dev.holdfast.block.BlockService;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.Memlock;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Devices;
import dev.holdfast.event.EventLog;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.uring.sys.KernelProbe;
import dev.holdfast.volume.Volumes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Health and metrics, on the management port.
 */
@Configuration(proxyBeanMethods = false)
class ObservationConfiguration {

	@Bean
	IoMetrics ioMetrics(PrometheusRegistry registry, DrainedEngine engine, Devices devices, StagingPool staging,
			Memlock memlock, KernelProbe kernel, ObjectProvider<BuildProperties> build) {
		BuildProperties properties = build.getIfAvailable();
		String version = (properties != null) ? properties.getVersion() : null;
		IoMetrics metrics = new IoMetrics(engine.engine(), devices, staging, memlock, kernel.memlockBytes(),
				(version != null) ? version : "unknown");
		registry.register(metrics);
		return metrics;
	}

	@Bean
	DeviceMetrics deviceMetrics(PrometheusRegistry registry, Devices devices, Volumes volumes, Operations operations) {
		DeviceMetrics metrics = new DeviceMetrics(devices, volumes, operations);
		registry.register(metrics);
		return metrics;
	}

	@Bean
	MappingMetrics mappingMetrics(PrometheusRegistry registry, Mappings mappings, Devices devices) {
		MappingMetrics metrics = new MappingMetrics(mappings.statistics(), devices);
		registry.register(metrics);
		return metrics;
	}

	@Bean
	TenantMetrics tenantMetrics(PrometheusRegistry registry, Tenants tenants, Volumes volumes, Buffers buffers,
			Mappings mappings, BlockService blocks) {
		TenantMetrics metrics = new TenantMetrics(tenants, volumes, buffers, mappings, blocks.io());
		registry.register(metrics);
		tenants.follow(metrics);
		return metrics;
	}

	@Bean
	EventMetrics eventMetrics(PrometheusRegistry registry, EventLog events) {
		EventMetrics metrics = new EventMetrics(events);
		registry.register(metrics);
		return metrics;
	}

	@Bean
	HealthIndicator engineHealthIndicator(DrainedEngine engine, StagingPool staging) {
		return new EngineHealth(engine.engine(), staging);
	}

	@Bean
	HealthIndicator devicesHealthIndicator(Devices devices) {
		return new DeviceHealth(devices);
	}

	/** Timing each filter of each request costs more than what most of them do. */
	@Bean
	SecurityObservationSettings securityObservations() {
		return SecurityObservationSettings.noObservations();
	}

	/**
	 * What is exposed there says nothing about tenants, and who scrapes has no token. For
	 * requests of the API the path tells already, which the other matcher looks for a
	 * class to find out.
	 */
	@Bean
	@Order(1)
	SecurityFilterChain managementSecurity(HttpSecurity http) {
		RequestMatcher other = (request) -> !request.getServletPath().startsWith("/v1/");
		http.securityMatcher(new AndRequestMatcher(other, EndpointRequest.toAnyEndpoint()))
			.csrf(AbstractHttpConfigurer::disable)
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll());
		return http.build();
	}

}
