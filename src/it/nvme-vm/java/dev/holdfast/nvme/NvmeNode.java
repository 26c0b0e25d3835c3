package dev.holdfast.nvme;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.ops.Client;
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

	private static final Path DIRECTORY = Path.of("target/nvme-vm").toAbsolutePath();

	private static @Nullable NvmeNode running;

	private final VirtualMachine machine;

	private final Client admin;

	private final List<NvmeDrive> drives;

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
	 * Makes a tenant with a volume on one device.
	 */
	TenantVolume volume(String tenant, String device) throws Exception {
		Client client = this.admin.tenant(tenant, "tenant");
		String volume = "/v1/tenants/" + tenant + "/volumes/v1";
		HttpResponse<String> answer = this.admin.put(volume,
				"{\"sizeBytes\":\"8MiB\",\"devices\":[\"" + device + "\"]}");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
		return new TenantVolume(client, volume);
	}

}
