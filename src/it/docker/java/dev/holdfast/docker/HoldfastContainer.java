package dev.holdfast.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ulimit;
import dev.holdfast.ops.Client;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;
import org.awaitility.Awaitility;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A container of the image that may do no more than the compose file lets it: no
 * capability, no other privileges, a root that is read-only. It can be stopped, killed
 * and started again.
 */
final class HoldfastContainer implements AutoCloseable {

	static final Path PROFILE = Path.of("config/seccomp.json");

	/** The one that engines since Docker 25 have built in. */
	static final Path DOCKERS_PROFILE = Path.of("src/test/resources/seccomp/docker-default.json");

	private static final long MEMLOCK = 256L << 20;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final int PORT = 8080;

	private static final int MANAGEMENT_PORT = 8081;

	private final GenericContainer<?> container;

	private HoldfastContainer(GenericContainer<?> container) {
		this.container = container;
	}

	/**
	 * Starts one and waits until its own health check says that it is well.
	 * @param profile for seccomp
	 * @param host what else it may, or may not
	 * @param environment more settings
	 */
	static HoldfastContainer start(Path profile, UnaryOperator<HostConfig> host, Map<String, String> environment) {
		GenericContainer<?> container = new GenericContainer<>(HoldfastImage.built())
			.withEnv(Map.of("SERVER_ADDRESS", "0.0.0.0", "MANAGEMENT_SERVER_ADDRESS", "0.0.0.0",
					"HOLDFAST_ALLOW_PLAINTEXT", "true"))
			.withEnv(environment)
			.withExposedPorts(PORT, MANAGEMENT_PORT)
			.withCreateContainerCmdModifier(
					(command) -> command.withHostConfig(host.apply(Objects.requireNonNull(command.getHostConfig())
						.withReadonlyRootfs(true)
						.withCapDrop(Capability.ALL)
						.withUlimits(List.of(memlock(MEMLOCK)))
						.withSecurityOpts(List.of("no-new-privileges", "seccomp=" + read(profile))))))
			.waitingFor(Wait.forHealthcheck().withStartupTimeout(PATIENCE));
		HoldfastContainer started = new HoldfastContainer(container);
		try {
			container.start();
			return started;
		}
		catch (RuntimeException ex) {
			throw new AssertionError(container.isCreated() ? started.log() : ex.toString(), ex);
		}
	}

	/**
	 * A limit on memory that may be registered. The engine can give no more than it has
	 * itself, unless it may raise that.
	 */
	static Ulimit memlock(long wanted) {
		try {
			long limit = Math.min(wanted, Posix.memlockLimit());
			return new Ulimit("memlock", limit, limit);
		}
		catch (ErrnoException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String id() {
		return this.container.getContainerId();
	}

	/** It is another one after each start. */
	int port() {
		return published(PORT);
	}

	private int published(int port) {
		Ports ports = inspect().getNetworkSettings().getPorts();
		Ports.Binding[] bindings = Objects.requireNonNull(ports.getBindings().get(new ExposedPort(port)));
		return Integer.parseInt(bindings[0].getHostPortSpec());
	}

	InspectContainerResponse inspect() {
		return this.container.getDockerClient().inspectContainerCmd(id()).exec();
	}

	/**
	 * An administrator, whose token the container hands out.
	 */
	Client admin() throws Exception {
		String header = run("cat", "/var/lib/holdfast/admin.header").strip();
		return Client.anonymous(port()).authorization(header.substring("Authorization: ".length()));
	}

	String health() throws Exception {
		return Client.anonymous(published(MANAGEMENT_PORT)).get("/actuator/health").body();
	}

	String run(String... command) throws Exception {
		ExecResult result = this.container.execInContainer(command);
		assertThat(result.getExitCode()).as(result.toString()).isZero();
		return result.getStdout();
	}

	String log() {
		return this.container.getLogs();
	}

	/**
	 * Ends it as nobody should.
	 */
	void kill() {
		this.container.getDockerClient().killContainerCmd(id()).withSignal("KILL").exec();
		assertThat(awaitExit()).isEqualTo(128 + 9);
	}

	/**
	 * What {@code docker stop} does: it asks, and kills after the time.
	 */
	void stop(Duration limit) {
		this.container.getDockerClient().stopContainerCmd(id()).withTimeout((int) limit.toSeconds()).exec();
	}

	long awaitExit() {
		return Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> inspect().getState(), (state) -> !Boolean.TRUE.equals(state.getRunning()))
			.getExitCodeLong();
	}

	/**
	 * Starts it again on the same data.
	 */
	void startAgain() {
		this.container.getDockerClient().startContainerCmd(id()).exec();
		Awaitility.await().atMost(PATIENCE).until(() -> "healthy".equals(inspect().getState().getHealth().getStatus()));
	}

	@Override
	public void close() {
		this.container.stop();
	}

}
