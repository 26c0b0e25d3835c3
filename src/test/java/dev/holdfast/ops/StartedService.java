package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.holdfast.HoldfastApplication;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service of its own on a data directory, which a test starts and stops.
 */
public final class StartedService implements AutoCloseable {

	private final Path directory;

	private final ConfigurableApplicationContext context;

	private StartedService(Path directory, ConfigurableApplicationContext context) {
		this.directory = directory;
		this.context = context;
	}

	/**
	 * Starts one.
	 * @param properties in the form {@code name=value}; without any it has no device
	 */
	public static StartedService start(Path directory, String... properties) {
		return start(directory, new Class<?>[] { HoldfastApplication.class }, properties);
	}

	/**
	 * Starts one whose engine can premap, as if some kernel had that.
	 */
	public static StartedService premapping(Path directory, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "spring.main.allow-bean-definition-overriding=true";
		return start(directory, new Class<?>[] { HoldfastApplication.class, PremappingEngine.class }, all);
	}

	private static StartedService start(Path directory, Class<?>[] sources, String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--holdfast.data-directory=" + directory,
				"--holdfast.staging=16MiB", "--server.port=0", "--management.server.port=0"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new StartedService(directory, SpringApplication.run(sources, arguments.toArray(String[]::new)));
	}

	/**
	 * Properties of a device in the configuration.
	 */
	public static String[] device(String name, Path path) {
		return new String[] { "holdfast.devices[0].name=" + name, "holdfast.devices[0].path=" + path };
	}

	/**
	 * A part of it, for what no request does.
	 */
	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public int port() {
		return port("local.server.port");
	}

	public int managementPort() {
		return port("local.management.port");
	}

	private int port(String property) {
		return Integer.parseInt(this.context.getEnvironment().getRequiredProperty(property));
	}

	public Client admin() throws IOException {
		return Client.withHeaderFile(port(), this.directory.resolve("admin.header"));
	}

	/**
	 * What the health endpoint says.
	 */
	public String health() throws Exception {
		return Client.anonymous(managementPort()).get("/actuator/health").body();
	}

	/**
	 * What Prometheus would see.
	 */
	public String metrics() throws Exception {
		return Client.anonymous(port("local.management.port")).get("/actuator/prometheus").body();
	}

	@Override
	public void close() {
		this.context.close();
	}

}
