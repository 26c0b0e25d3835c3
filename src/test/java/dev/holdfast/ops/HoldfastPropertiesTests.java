package dev.holdfast.ops;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.holdfast.contract.ByteSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

class HoldfastPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
		.withUserConfiguration(Properties.class);

	@Test
	void shouldHaveDefaults() {
		this.runner.run((context) -> assertThat(context.getBean(HoldfastProperties.class)).isEqualTo(
				new HoldfastProperties(Path.of("data"), List.of(), EngineChoice.AUTO, 1, null, new ByteSize(4L << 30),
						false, Duration.ofSeconds(30), new ByteSize(8 << 20), Duration.ofSeconds(30),
						new HoldProperties(Duration.ofSeconds(60), 4096, new ByteSize(64 << 20), null),
						new LimitProperties(64, new ByteSize(1 << 20), 8, 16, 1024, Duration.ofSeconds(1),
								new ByteSize(16 << 10), Duration.ofSeconds(30)),
						null, new AccessProperties(32, 20), null, null)));
	}

	@Test
	void shouldMapEachProperty() {
		this.runner
			.withPropertyValues("holdfast.data-directory=/var/lib/holdfast", "holdfast.devices[0].name=d0",
					"holdfast.devices[0].path=/dev/nvme0n1", "holdfast.devices[0].adopt=true",
					"holdfast.devices[1].name=d1", "holdfast.devices[1].path=d1.img", "holdfast.devices[1].size=1GiB",
					"holdfast.engine=io_uring", "holdfast.rings=2", "holdfast.staging=33554432",
					"holdfast.premap-per-device=1GiB", "holdfast.allow-plaintext=true", "holdfast.io-deadline=5s",
					"holdfast.inline-limit=1MiB", "holdfast.drain-limit=1m", "holdfast.hold.time=5m",
					"holdfast.hold.operations=100", "holdfast.hold.bytes=1MiB", "holdfast.hold.suspended-time=1h",
					"holdfast.limits.ranges=7", "holdfast.limits.json-body=2KiB", "holdfast.limits.whole-reads=3",
					"holdfast.limits.event-streams=4", "holdfast.limits.batch=64", "holdfast.limits.rate-wait=20ms",
					"holdfast.limits.slowest-rate=1KiB", "holdfast.limits.slowest-for=2s",
					"holdfast.admin-token-file=/etc/holdfast/token", "holdfast.access.tokens-per-tenant=5",
					"holdfast.access.failed-authentications=7", "holdfast.node-name=node-1.example",
					"holdfast.endpoint=https://node-1.example:8443")
			.run((context) -> assertThat(context.getBean(HoldfastProperties.class))
				.isEqualTo(new HoldfastProperties(Path.of("/var/lib/holdfast"),
						List.of(new DeviceProperties("d0", Path.of("/dev/nvme0n1"), null, true),
								new DeviceProperties("d1", Path.of("d1.img"), new ByteSize(1 << 30), false)),
						EngineChoice.IO_URING, 2, new ByteSize(32 << 20), new ByteSize(1 << 30), true,
						Duration.ofSeconds(5), new ByteSize(1 << 20), Duration.ofMinutes(1),
						new HoldProperties(Duration.ofMinutes(5), 100, new ByteSize(1 << 20), Duration.ofHours(1)),
						new LimitProperties(7, new ByteSize(2 << 10), 3, 4, 64, Duration.ofMillis(20),
								new ByteSize(1 << 10), Duration.ofSeconds(2)),
						Path.of("/etc/holdfast/token"), new AccessProperties(5, 7), "node-1.example",
						URI.create("https://node-1.example:8443"))));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			rings=0                                    | write a number of rings from 1 to 64
			rings=65                                   | write a number of rings from 1 to 64
			staging=1GB                                | write GiB
			staging=3MiB                               | at least 4MiB
			staging=4097KiB                            | Write a multiple of 1MiB
			premap-per-device=1GB                      | write GiB
			inline-limit=1GiB                          | at most 64MiB
			io-deadline=0s                             | write a duration of at least 1s
			drain-limit=0s                             | write a duration of at least 1s
			hold.time=1ms                              | write a duration of at least 100ms
			hold.operations=0                          | write a number of at least 1
			limits.ranges=0                            | write a number of at least 1
			limits.whole-reads=0                       | write a number of at least 1
			limits.batch=0                             | write a number of at least 1
			limits.slowest-for=1ms                     | write a duration of at least 100ms
			limits.slowest-rate=16KB                   | write KiB
			limits.speed=1                             | speed
			access.tokens-per-tenant=0                 | write a number of tokens of at least 1
			access.failed-authentications=0            | write a number of failures in a second
			access.colour=red                          | colour
			node-name=-x                               | Write a host name
			node-name=a b                              | Write a host name
			endpoint=node-1:8080                       | such as https://node-1.example:8080
			endpoint=ftp://node-1                      | such as https://node-1.example:8080
			endpoint=http://node-1/v1                  | without a path
			endpoint=http://u:p@node-1                 | such as https://node-1.example:8080
			endpoint=http:///v1                        | such as https://node-1.example:8080
			engine=fast                                | No enum constant
			colour=red                                 | colour
			devices[0].name=Upper                      | lower-case letters
			devices[0].path=x                          | a name of 1 to 63
			devices[0].name=d0                         | Write where the device is
			""")
	void shouldSayWhatToWrite(String property, String advice) {
		this.runner.withPropertyValues("holdfast." + property)
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(advice));
	}

	@Test
	void shouldRefuseSizesThatAreNotWholeBlocks() {
		this.runner
			.withPropertyValues("holdfast.devices[0].name=d0", "holdfast.devices[0].path=x",
					"holdfast.devices[0].size=4097")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("Write a multiple of 4KiB"));
	}

	/**
	 * Only the properties.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(HoldfastProperties.class)
	@Import(ByteSizeConverter.class)
	static class Properties {

	}

}
