package dev.holdfast.nvme;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The virtual machine that all tests share, since it takes long to start, as its
 * administrator sees it. It ends with the tests' process. Each test has names, and drives
 * or slots, of its own.
 */
final class NvmeNode {

	/** Linux, as {@code 6.12}. */
	static final String KERNEL = System.getProperty("holdfast.nvme.kernel", "6.12");

	/**
	 * Whether the IOMMU translates. Where it does, Linux 6.1 fails in
	 * {@code nvme_dbbuf_dma_free} when a pulled drive is closed for the last time: it
	 * frees the drive's doorbell buffers, which only emulated drives have, after it has
	 * forgotten how they were mapped.
	 */
	static final boolean TRANSLATED = !KERNEL.equals("6.1");

	private static final Path DIRECTORY = Path.of("target/nvme-vm").toAbsolutePath();

	private static @Nullable NvmeNode running;

	private final VirtualMachine machine;

	private final Client admin;

	private final List<NvmeDrive> drives;

	private final Map<TenantVolume, Long> kept = new LinkedHashMap<>();

	private NvmeNode(VirtualMachine machine, List<NvmeDrive> drives) throws IOException {
		this.machine = machine;
		this.admin = machine.admin();
		this.drives = drives;
	}

	static synchronized NvmeNode running() throws Exception {
		if (running == null) {
			running = start();
		}
		return running;
	}

	private static NvmeNode start() throws Exception {
		// What the service does on an emulated processor takes its time, answers
		// included.
		Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
		Awaitility.setDefaultPollInterval(Duration.ofMillis(300));
		FileSystemUtils.deleteRecursively(DIRECTORY);
		Files.createDirectories(DIRECTORY);
		GuestImage image = GuestImage.of(KERNEL);
		List<NvmeDrive> drives = List.of(drive("HF0000"), drive("HF0001"), drive("HF0002"));
		return new NvmeNode(VirtualMachine.start(image, ServiceDisk.create(image, DIRECTORY), DIRECTORY, drives),
				drives);
	}

	VirtualMachine machine() {
		return this.machine;
	}

	/**
	 * One of the three that are there from the start, in the slot of that number.
	 */
	NvmeDrive drive(int number) {
		return this.drives.get(number);
	}

	/**
	 * One that is not plugged in yet, all zeroes.
	 */
	static NvmeDrive drive(String serial) throws IOException {
		return NvmeDrive.create(DIRECTORY, serial, 256L << 20);
	}

	/**
	 * Plugs in one that is new, and waits until the service has seen it.
	 */
	NvmeDrive plug(String serial, int slot) throws Exception {
		NvmeDrive drive = drive(serial);
		this.machine.plug(drive, slot);
		Awaitility.await().until(() -> discovered(drive) != null);
		return drive;
	}

	void attach(String name, NvmeDrive drive) throws Exception {
		HttpResponse<String> answer = this.admin.put("/v1/devices/" + name,
				"{\"serial\":\"%s\"}".formatted(drive.serial()));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
	}

	void detach(String name) throws Exception {
		HttpResponse<String> answer = this.admin.delete("/v1/devices/" + name);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
	}

	JsonNode device(String name) throws Exception {
		return Client.json(this.admin.get("/v1/devices/" + name));
	}

	void awaitState(String name, String state) {
		Awaitility.await().untilAsserted(() -> assertThat(device(name).get("state").asString()).isEqualTo(state));
	}

	/**
	 * How many operations wait for a device.
	 */
	int held(String name) throws Exception {
		return device(name).get("held").get("operations").asInt();
	}

	/**
	 * What the service says of a drive that it has not attached.
	 */
	@Nullable JsonNode discovered(NvmeDrive drive) throws Exception {
		for (JsonNode found : Client.json(this.admin.get("/v1/devices")).get("discovered")) {
			if (found.path("serial").asString("").equals(drive.serial())) {
				return found;
			}
		}
		return null;
	}

	/**
	 * Moves all that is on one device to another one, and waits until that is done.
	 */
	void replace(String name, String replacement) throws Exception {
		HttpResponse<String> answer = this.admin.text("POST", "/v1/devices/" + name + ":replace",
				BodyPublishers.ofString("{\"replacement\":\"%s\"}".formatted(replacement)), "Content-Type",
				"application/json");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
		String operation = answer.headers().firstValue("Location").orElseThrow();
		// Each MiB takes half a second where the host has other work.
		Awaitility.await().atMost(Duration.ofMinutes(10)).until(() -> !state(operation).equals("running"));
		assertThat(state(operation)).as(this.admin.get(operation).body()).isEqualTo("succeeded");
	}

	private String state(String operation) throws Exception {
		return Client.json(this.admin.get(operation)).get("state").asString();
	}

	/**
	 * Makes a tenant with a small volume on one device.
	 */
	TenantVolume volume(String tenant, String device) throws Exception {
		return volume(tenant, device, 8 << 20);
	}

	TenantVolume volume(String tenant, String device, long size) throws Exception {
		Client client = this.admin.tenant(tenant, "tenant");
		TenantVolume volume = new TenantVolume(client, "/v1/tenants/" + tenant, size);
		HttpResponse<String> answer = this.admin.put(volume.path(),
				"{\"sizeBytes\":%d,\"devices\":[\"%s\"]}".formatted(size, device));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
		return volume;
	}

	/**
	 * Leaves a volume to the reboot that comes last.
	 * @param seed of what it holds
	 */
	void keep(TenantVolume volume, long seed) {
		this.kept.put(volume, seed);
	}

	Map<TenantVolume, Long> kept() {
		return this.kept;
	}

}
