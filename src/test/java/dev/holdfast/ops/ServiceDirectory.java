package dev.holdfast.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.FileSystemUtils;

/**
 * Gives a service a data directory of its own with a sparse file as its device.
 */
public final class ServiceDirectory implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		try {
			Path directory = Files.createTempDirectory("holdfast-test");
			Map<String, Object> properties = new LinkedHashMap<>(properties(directory));
			context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("service", properties));
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile())));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Properties of a service whose data is in a directory.
	 */
	public static Map<String, String> properties(Path directory) {
		return Map.of("holdfast.data-directory", directory.toString(), "holdfast.devices[0].name", "d0",
				"holdfast.devices[0].path", directory.resolve("d0.img").toString(), "holdfast.devices[0].size", "4GiB",
				"holdfast.staging", "16MiB");
	}

}
