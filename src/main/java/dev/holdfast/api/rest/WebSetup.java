package dev.holdfast.api.rest;

import java.time.Instant;
import java.util.List;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.tenant.Tenants;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.module.SimpleModule;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * How requests are read: strictly, so that a field that was misspelt is not a field that
 * was ignored.
 */
@Configuration(proxyBeanMethods = false)
class WebSetup implements WebMvcConfigurer {

	private final Tenants tenants;

	private final DataLimits limits;

	private final AuditTrail trail;

	WebSetup(Tenants tenants, DataLimits limits, AuditTrail trail) {
		this.tenants = tenants;
		this.limits = limits;
		this.trail = trail;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(new RightsInterceptor(this.tenants, this.trail));
		registry.addInterceptor(new JsonLengthInterceptor(this.limits));
		registry.addInterceptor(new AcceptInterceptor());
		registry.addInterceptor(new QueryInterceptor());
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(new RequestArgument<>(Conditions.class, Conditions::of));
		resolvers.add(new RequestArgument<>(ShownLease.class, ShownLease::of));
		resolvers.add(new RequestArgument<>(WaitingClient.class, WaitingClient::of));
	}

	/**
	 * A library's YAML would be read as well, and not strictly.
	 */
	@Override
	public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
		builder.configureMessageConvertersList((converters) -> converters
			.removeIf((converter) -> converter.getSupportedMediaTypes().contains(MediaType.APPLICATION_YAML)));
	}

	@Bean
	static JsonMapperBuilderCustomizer strictJson() {
		return (builder) -> builder
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.addModule(new SimpleModule().addDeserializer(ByteSize.class, new ByteSizeDeserializer())
				.addDeserializer(BatchRequest.class, new BatchRequestDeserializer())
				.addDeserializer(Instant.class, new InstantDeserializer()));
	}

}
