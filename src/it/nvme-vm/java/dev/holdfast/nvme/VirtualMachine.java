package dev.holdfast.nvme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A virtual machine that runs the service. Drives are pulled and plugged in by number of
 * slot, as in a server; the service is reached by HTTP, and the kernel by a shell.
 */
final class VirtualMachine implements AutoCloseable {

	/** An emulated processor on a busy host takes its time. */
	private static final Duration PATIENCE = Duration.ofMinutes(15);

	private static final int SLOTS = 10;

	private final GuestPorts ports;

	private final Path console;

	private final Process process;

	private final Map<String, Integer> slots = new HashMap<>();

	private final Map<String, NvmeDrive> known = new HashMap<>();

	private final Qmp qmp;

	private VirtualMachine(Process process, Path console, GuestPorts ports, Qmp qmp, List<NvmeDrive> drives) {
		this.process = process;
		this.console = console;
		this.ports = ports;
		this.qmp = qmp;
		for (int slot = 0; slot < drives.size(); slot++) {
			NvmeDrive drive = drives.get(slot);
			this.slots.put(drive.serial(), slot);
			this.known.put(drive.serial(), drive);
		}
	}

	/**
	 * Starts one and waits until the service in it is well.
	 * @param image that it boots from
	 * @param service the disk with the service
	 * @param directory for its files
	 * @param drives plugged in from the start, in slots 0 and up
	 */
	static VirtualMachine start(GuestImage image, Path service, Path directory, List<NvmeDrive> drives)
			throws IOException, InterruptedException {
		Path data = directory.resolve("data.ext4");
		Programs.run(directory, List.of("mke2fs", "-q", "-t", "ext4", data.toString(), "64M"));
		Path console = directory.resolve("console.log");
		Path monitor = directory.resolve("monitor");
		GuestPorts ports = GuestPorts.free();
		Hardware hardware = new Hardware(SLOTS).boot(image)
			.disk("usr", image.disk(), true)
			.disk("service", service, true)
			.disk("data", data, false)
			.network(ports)
			.console(console)
			.monitor(monitor);
		for (int slot = 0; slot < drives.size(); slot++) {
			hardware.drive(drives.get(slot), slot);
		}
		Path log = directory.resolve("qemu.log");
		Process process = start(
				new ProcessBuilder(hardware.command()).redirectErrorStream(true).redirectOutput(log.toFile()));
		await().until(() -> Files.exists(monitor) || !process.isAlive());
		assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
		VirtualMachine machine = new VirtualMachine(process, console, ports, Qmp.connect(monitor), drives);
		try {
			machine.awaitService(0);
			return machine;
		}
		catch (RuntimeException ex) {
			machine.close();
			throw new AssertionError(machine.console(), ex);
		}
	}

	/** In a thread of its own that stays, since QEMU ends with it. */
	private static Process start(ProcessBuilder builder) {
		CompletableFuture<Process> started = new CompletableFuture<>();
		Thread.ofPlatform().name("virtual-machine").daemon().start(() -> {
			try {
				Process process = builder.start();
				started.complete(process);
				process.waitFor();
			}
			catch (IOException | InterruptedException ex) {
				started.completeExceptionally(ex);
			}
		});
		return started.join();
	}

	/**
	 * Presses the reset button: nothing in it is asked, and drives stay where they are.
	 */
	void reset() throws IOException {
		int before = console().length();
		this.qmp.execute("system_reset", Map.of());
		awaitService(before);
	}

	private void awaitService(int since) {
		await().until(() -> console().substring(since).contains("Started HoldfastApplication") || !isAlive());
		assertThat(isAlive()).as(console()).isTrue();
		// Connections of before a reset have to fail first.
		await().ignoreExceptions().until(() -> anonymous().get("/v1/me").statusCode() == 401);
		await().ignoreExceptions().until(() -> health().contains("\"status\":\"UP\""));
	}

	private boolean isAlive() {
		return this.process.isAlive();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(PATIENCE);
	}

	/**
	 * Plugs a drive in, known or not, into a slot that is free.
	 */
	void plug(NvmeDrive drive, int slot) throws IOException {
		assertThat(this.slots).as("slots in use").doesNotContainValue(slot);
		if (this.known.putIfAbsent(drive.serial(), drive) == null) {
			this.qmp.execute("blockdev-add", drive.bytes());
		}
		this.qmp.execute("device_add", drive.device(Hardware.slot(slot)));
		this.slots.put(drive.serial(), slot);
	}

	/**
	 * Pulls a drive out. The kernel is told and lets go of it, whoever uses it.
	 * @return the slot that it was in
	 */
	int pull(NvmeDrive drive) throws IOException {
		this.qmp.execute("device_del", Map.of("id", drive.id()));
		this.qmp.awaitDeleted(drive.id());
		return this.slots.remove(drive.serial());
	}

	/**
	 * Runs commands in it.
	 * @see GuestShell#run
	 */
	String shell(String commands) throws IOException {
		return new GuestShell(this.ports.shell()).run(commands);
	}

	Client anonymous() {
		return Client.anonymous(this.ports.api());
	}

	/**
	 * An administrator.
	 */
	Client admin() throws IOException {
		String header = shell("cat /var/lib/holdfast/admin.header").strip();
		return anonymous().authorization(header.substring("Authorization: ".length()));
	}

	String health() throws Exception {
		return Client.anonymous(this.ports.management()).get("/actuator/health").body();
	}

	/**
	 * All that kernel and service have said, since the very start.
	 */
	String console() {
		try {
			return Files.readString(this.console, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.qmp.close();
		this.process.destroyForcibly().onExit().join();
	}

}
