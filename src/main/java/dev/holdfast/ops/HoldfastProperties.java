package dev.holdfast.ops;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.contract.ByteSize;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.validation.annotation.Validated;

/**
 * What an operator may set under {@code holdfast}.
 *
 * @param dataDirectory where the catalog is, and files that the service makes
 * @param devices to attach at the start
 * @param engine which engine does the I/O
 * @param rings threads that do I/O; each device belongs to one
 * @param staging memory for bytes on their way; by default 64 MiB, or what may be
 * registered if that is less
 * @param premapPerDevice bytes of buffers that may be premapped to one device: long-lived
 * mappings take room of the IOMMU from everybody
 * @param allowPlaintext whether to listen on other addresses than loopback without TLS
 * @param ioDeadline how long an operation may take
 * @param inlineLimit up to here an answer says how it was done
 * @param drainLimit how long a stop waits for the requests and I/O that were accepted
 * @param hold how I/O waits for a drive that was pulled
 * @param limits what clients may ask for
 * @param adminTokenFile holds an administrator's token that the operator provides
 * @param access limits of what comes in
 * @param nodeName what this machine is called; by default its host name
 * @param endpoint where clients reach this machine; by default where the server listens
 */
@Validated
@ConfigurationProperties(prefix = "holdfast", ignoreUnknownFields = false)
public record HoldfastProperties(@DefaultValue(DataDirectory.DEFAULT) Path dataDirectory,
		@DefaultValue List<DeviceProperties> devices, @DefaultValue("auto") EngineChoice engine,
		@DefaultValue("1") @Min(value = 1, message = "write a number of rings from 1 to 64") @Max(value = 64,
				message = "write a number of rings from 1 to 64") int rings,
		@Nullable ByteSize staging, @DefaultValue("4GiB") ByteSize premapPerDevice,
		@DefaultValue("false") boolean allowPlaintext,
		@DefaultValue("30s") @DurationMin(seconds = 1,
				message = "write a duration of at least 1s, such as 30s") Duration ioDeadline,
		@DefaultValue("8MiB") ByteSize inlineLimit,
		@DefaultValue("30s") @DurationMin(seconds = 1,
				message = "write a duration of at least 1s, such as 30s") Duration drainLimit,
		@DefaultValue @Valid HoldProperties hold, @DefaultValue @Valid LimitProperties limits,
		@Nullable Path adminTokenFile, @DefaultValue @Valid AccessProperties access, @Nullable String nodeName,
		@Nullable URI endpoint) {

	private static final long MIB = 1 << 20;

	private static final long SMALLEST_STAGING = 4 * MIB;

	private static final long LARGEST_INLINE = 64 * MIB;

	private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9]([-.A-Za-z0-9]{0,251}[A-Za-z0-9])?");

	public HoldfastProperties {
		devices = List.copyOf(devices);
		if (staging != null && (staging.bytes() < SMALLEST_STAGING || staging.bytes() % MIB != 0)) {
			throw new InvalidConfigurationPropertyValueException("holdfast.staging", staging,
					"Write a multiple of 1MiB, at least 4MiB, or leave it out.");
		}
		if (inlineLimit.bytes() > LARGEST_INLINE) {
			throw new InvalidConfigurationPropertyValueException("holdfast.inline-limit", inlineLimit,
					"Write at most 64MiB: such answers are held in memory.");
		}
		if (nodeName != null && !isNodeName(nodeName)) {
			throw new InvalidConfigurationPropertyValueException("holdfast.node-name", nodeName,
					"Write a host name: at most 253 letters, digits, hyphens and dots, none of these two at the ends.");
		}
		if (endpoint != null && !isEndpoint(endpoint)) {
			throw new InvalidConfigurationPropertyValueException("holdfast.endpoint", endpoint,
					"Write how clients reach this machine, such as https://node-1.example:8080, without a path.");
		}
	}

	static boolean isNodeName(String text) {
		return NODE_NAME.matcher(text).matches();
	}

	private static boolean isEndpoint(URI endpoint) {
		return ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
				&& endpoint.getHost() != null && endpoint.getUserInfo() == null && endpoint.getPath().isEmpty()
				&& endpoint.getQuery() == null && endpoint.getFragment() == null;
	}

}
