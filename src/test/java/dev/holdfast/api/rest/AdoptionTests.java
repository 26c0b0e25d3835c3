package dev.holdfast.api.rest;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.ops.StartedService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives of another installation, which is a second service in the same process.
 */
@ServiceTest
class AdoptionTests extends Service {

	private static final long SIZE = 34L << 20;

	private static final int VOLUME = 4 << 20;

	private static final String ADOPT = "\"adopt\":true";

	@TempDir
	private Path temporary;

	private ExtraDevices devices;

	/** Two files that the other installation had. */
	private Path first;

	private Path second;

	/** What it wrote into each volume. */
	private final byte[] bytes = random(VOLUME);

	@BeforeEach
	void begin() throws Exception {
		this.devices = extraDevices(this.temporary);
		admin().tenant("globex", "tenant");
		this.first = this.devices.file(SIZE);
		this.second = this.devices.file(SIZE);
	}

	@AfterEach
	void detach() throws Exception {
		this.devices.close();
	}

	@Test
	void shouldTakeOverOnlyWhatItIsToldTo() throws Exception {
		elsewhere("acme/alpha", "globex/beta");
		byte[] before = Files.readAllBytes(this.first);
		String name = this.devices.name();
		for (String more : List.of("\"adopt\":false", "\"overwrite\":true")) {
			HttpResponse<String> refused = this.devices.put(name, this.first, more);
			assertProblem(refused, 409, "foreign-signature");
			JsonNode problem = Client.json(refused);
			assertThat(problem.get("labelState").asString()).isEqualTo("valid");
			assertThat(problem.get("found").asString()).startsWith("Holdfast, installation ");
			assertThat(problem.get("detail").asString()).contains("another installation", "attach it with adopt");
			assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
		}
		assertThat(Arrays.equals(Files.readAllBytes(this.first), before)).isTrue();

		HttpResponse<String> attached = this.devices.put(name, this.first, ADOPT);
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
		JsonNode device = Client.json(attached);
		assertThat(device.get("unassigned")).isEmpty();
		assertThat(device.get("capacity").get("usedBytes").asInt()).isEqualTo(2 * VOLUME);
		JsonNode alpha = Client.json(acme().get("/v1/tenants/acme/volumes/alpha"));
		assertThat(alpha.get("state").asString()).isEqualTo("ready");
		assertThat(alpha.get("devices")).hasToString("[\"%s\"]".formatted(name));
		assertHolds("acme", "alpha", this.bytes);
		assertHolds("globex", "beta", this.bytes);
		assertThat(this.devices.put(name, this.first, ADOPT).statusCode()).isEqualTo(200);
		HttpResponse<String> declared = acme().put("/v1/tenants/acme/volumes/alpha", "{\"sizeBytes\":" + VOLUME + "}");
		assertThat(declared.statusCode()).as(declared.body()).isEqualTo(200);
		HttpResponse<String> otherwise = acme().put("/v1/tenants/acme/volumes/alpha", "{\"sizeBytes\":4096}");
		assertProblem(otherwise, 409, "already-exists");
		assertThat(Client.json(otherwise).get("detail").asString())
			.contains("otherwise: sizeBytes 4194304, blockSize 4096, layout linear");
	}

	@Test
	void shouldListTenantsThatAreMissing() throws Exception {
		elsewhere("acme/alpha", "vandelay/beta", "initrode/gamma", "initrode/delta");
		String name = this.devices.name();
		HttpResponse<String> refused = this.devices.put(name, this.first, ADOPT);
		assertProblem(refused, 409, "foreign-signature");
		assertThat(Client.json(refused).get("missingTenants")).hasToString("[\"initrode\",\"vandelay\"]");
		assertProblem(acme().get("/v1/tenants/acme/volumes/alpha"), 404, "not-found");
		assertProblem(admin().get("/v1/tenants/vandelay/volumes"), 404, "not-found");
		HttpResponse<String> attached = this.devices.put(name, this.first, ADOPT,
				"\"rename\":{\"vandelay/beta\":\"acme/vandelays\",\"gamma\":\"globex/gamma\",\"initrode/delta\":\"globex/delta\"}");
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
		assertHolds("acme", "alpha", this.bytes);
		assertHolds("acme", "vandelays", this.bytes);
		assertHolds("globex", "gamma", this.bytes);
		assertHolds("globex", "delta", this.bytes);
	}

	@Test
	void shouldListNamesThatAreTaken() throws Exception {
		elsewhere("acme/alpha", "acme/beta", "acme/gamma");
		for (String taken : List.of("alpha", "beta")) {
			acme().put("/v1/tenants/acme/volumes/" + taken, "{\"sizeBytes\":\"4KiB\"}");
		}
		try {
			String name = this.devices.name();
			HttpResponse<String> refused = this.devices.put(name, this.first, ADOPT);
			assertProblem(refused, 409, "already-exists");
			assertThat(Client.json(refused).get("takenNames")).hasToString("[\"acme/alpha\",\"acme/beta\"]");
			assertThat(Client.json(refused).get("detail").asString()).contains("rename");
			refused = this.devices.put(name, this.first, ADOPT,
					"\"rename\":{\"alpha\":\"gamma\",\"acme/beta\":\"delta\"}");
			assertProblem(refused, 409, "already-exists");
			assertThat(Client.json(refused).get("takenNames")).hasToString("[\"acme/gamma\"]");
			HttpResponse<String> attached = this.devices.put(name, this.first, ADOPT,
					"\"rename\":{\"alpha\":\"old-alpha\",\"acme/beta\":\"old-beta\"}");
			assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
			for (String adopted : List.of("old-alpha", "old-beta", "gamma")) {
				assertHolds("acme", adopted, this.bytes);
			}
			assertHolds("acme", "alpha", new byte[4096]);
			this.devices.close();
			assertThat(this.devices.detach(name).statusCode()).isEqualTo(404);
		}
		finally {
			for (String taken : List.of("alpha", "beta")) {
				acme().delete("/v1/tenants/acme/volumes/" + taken);
			}
		}
	}

	@Test
	void shouldRefuseRenamingThatIsNone() throws Exception {
		elsewhere("acme/alpha");
		String wrongName = "write new names as name or tenant/name";
		assertRenamingRefused("{\"alpha\":\"Bad\"}", "bad-name", wrongName);
		assertRenamingRefused("{\"alpha\":\"a/b/c\"}", "bad-name", wrongName);
		assertRenamingRefused("{\"alpha\":\"acme/\"}", "bad-name", wrongName);
		assertRenamingRefused("{\"alpha\":\"\"}", "bad-name", wrongName);
		assertRenamingRefused("{\"alpha\":null}", "malformed-request", "a new name for each old one");
		assertRenamingRefused("{\"alhpa\":\"beta\"}", "malformed-request", "no volume called alhpa");
		assertRenamingRefused("{\"globex/alpha\":\"beta\"}", "malformed-request", "no volume called globex/alpha");
	}

	private void assertRenamingRefused(String rename, String code, String detail) throws Exception {
		String name = this.devices.name();
		HttpResponse<String> refused = this.devices.put(name, this.first, ADOPT, "\"rename\":" + rename);
		assertProblem(refused, 400, code);
		assertThat(Client.json(refused).get("detail").asString()).contains(detail);
		assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
		assertProblem(acme().get("/v1/tenants/acme/volumes/alpha"), 404, "not-found");
	}

	@Test
	void shouldWaitForTheRestOfAVolume() throws Exception {
		striped();
		String one = this.devices.name();
		assertThat(this.devices.put(one, this.first, ADOPT).statusCode()).isEqualTo(201);
		JsonNode volume = Client.json(acme().get("/v1/tenants/acme/volumes/striped"));
		assertThat(volume.get("state").asString()).isEqualTo("incomplete");
		assertThat(volume.get("reason").asString()).isEqualTo("a device that it needs is away");
		assertThat(volume.get("devices")).hasSize(2);
		assertProblem(acme().get("/v1/tenants/acme/volumes/striped/data"), 503, "device-lost");
		String other = this.devices.name();
		assertThat(this.devices.put(other, this.second, ADOPT).statusCode()).isEqualTo(201);
		volume = Client.json(acme().get("/v1/tenants/acme/volumes/striped"));
		assertThat(volume.get("state").asString()).isEqualTo("ready");
		assertThat(volume.get("devices")).hasToString("[\"%s\",\"%s\"]".formatted(one, other));
		assertHolds("acme", "striped", this.bytes);
	}

	/**
	 * Its name is taken, so it has another one here; the second drive still says the old
	 * one.
	 */
	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void shouldRemindTheRestOfAVolumeOfItsNewName(boolean homeFirst) throws Exception {
		striped();
		acme().put("/v1/tenants/acme/volumes/striped", "{\"sizeBytes\":\"4KiB\"}");
		try {
			HttpResponse<String> attached = this.devices.put(this.devices.name(), homeFirst ? this.first : this.second,
					ADOPT, "\"rename\":{\"striped\":\"adopted\"}");
			assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
			attached = this.devices.put(this.devices.name(), homeFirst ? this.second : this.first, ADOPT);
			assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
			assertHolds("acme", "adopted", this.bytes);
			assertHolds("acme", "striped", new byte[4096]);
		}
		finally {
			acme().delete("/v1/tenants/acme/volumes/striped");
		}
	}

	/**
	 * The drive goes elsewhere and is used there. Here its volumes are deleted meanwhile,
	 * to forget them. What comes back is not to be deleted: an operator says so.
	 */
	@Test
	void shouldTakeVolumesBackThatWereDeletedWhileTheyLivedElsewhere() throws Exception {
		Path data = this.temporary.resolve("here");
		try (StartedService here = StartedService.start(data)) {
			here.admin().tenant("acme", "tenant");
			here.admin().put("/v1/devices/d1", "{\"path\":\"%s\"}".formatted(this.first));
			HttpResponse<String> made = here.admin()
				.put("/v1/tenants/acme/volumes/alpha", "{\"sizeBytes\":" + VOLUME + "}");
			assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		}
		String elsewhere = this.devices.name();
		assertThat(this.devices.put(elsewhere, this.first, ADOPT).statusCode()).isEqualTo(201);
		acme().put("/v1/tenants/acme/volumes/alpha/data?offset=0", this.bytes);
		Path copy = Files.copy(this.first, this.temporary.resolve("moved.img"));
		// It is open, and not waited for at its place.
		Files.delete(this.first);
		try (StartedService here = StartedService.start(data)) {
			assertThat(here.admin().delete("/v1/tenants/acme/volumes/alpha").statusCode()).isEqualTo(204);
			assertThat(here.admin().delete("/v1/devices/d1").statusCode()).isEqualTo(204);
			HttpResponse<String> back = here.admin()
				.put("/v1/devices/d1", "{\"path\":\"%s\",\"adopt\":true}".formatted(copy));
			assertThat(back.statusCode()).as(back.body()).isEqualTo(201);
			Client tenant = here.admin().tenant("acme", "tenant");
			HttpResponse<byte[]> read = tenant.getBytes("/v1/tenants/acme/volumes/alpha/data");
			assertThat(read.statusCode()).isEqualTo(200);
			assertThat(Arrays.equals(read.body(), this.bytes)).isTrue();
		}
	}

	/**
	 * Another installation makes volumes on the first file, and writes into them.
	 * @param volumes as tenant/name
	 */
	private void elsewhere(String... volumes) throws Exception {
		try (StartedService other = StartedService.start(this.temporary.resolve("other"),
				StartedService.device("x", this.first))) {
			for (String volume : volumes) {
				String tenant = volume.substring(0, volume.indexOf('/'));
				make(other.admin().tenant(tenant, "tenant"), "/v1/tenants/" + volume.replace("/", "/volumes/"),
						"{\"sizeBytes\":%d}".formatted(VOLUME));
			}
		}
	}

	private void striped() throws Exception {
		try (StartedService other = StartedService.start(this.temporary.resolve("other"))) {
			Client tenant = other.admin().tenant("acme", "tenant");
			other.admin().put("/v1/devices/x", "{\"path\":\"%s\"}".formatted(this.first));
			other.admin().put("/v1/devices/y", "{\"path\":\"%s\"}".formatted(this.second));
			make(tenant, "/v1/tenants/acme/volumes/striped",
					"{\"sizeBytes\":%d,\"layout\":\"striped\"}".formatted(VOLUME));
		}
	}

	private void make(Client tenant, String volume, String declaration) throws Exception {
		HttpResponse<String> made = tenant.put(volume, declaration);
		assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
		assertThat(tenant.put(volume + "/data?offset=0", this.bytes).statusCode()).isEqualTo(204);
	}

	private void assertHolds(String tenant, String volume, byte[] expected) throws Exception {
		Client client = tenant.equals("acme") ? acme() : admin().tenant(tenant, "tenant");
		HttpResponse<byte[]> read = client.getBytes("/v1/tenants/%s/volumes/%s/data".formatted(tenant, volume));
		assertThat(read.statusCode()).isEqualTo(200);
		assertThat(Arrays.equals(read.body(), expected)).as("what %s/%s holds", tenant, volume).isTrue();
	}

}
