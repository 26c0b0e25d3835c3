package dev.holdfast.api.rest;

import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class DevicesTests extends Service {

	private static final long SIZE = 32 << 20;

	private static final int MEBIBYTE = 1 << 20;

	@TempDir
	private Path temporary;

	private ExtraDevices devices;

	@BeforeEach
	void begin() throws Exception {
		this.devices = extraDevices(this.temporary);
	}

	@AfterEach
	void detach() throws Exception {
		this.devices.close();
	}

	@Test
	void shouldAttachAFile() throws Exception {
		String name = this.devices.name();
		Path file = this.devices.file(SIZE);
		HttpResponse<String> attached = this.devices.put(name, file);
		assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
		JsonNode device = Client.json(attached);
		assertThat(device.propertyNames()).containsExactlyInAnyOrder("name", "uuid", "state", "path", "sizeBytes",
				"logicalBlockSize", "generation", "capacity", "inflight", "stuck", "held", "labelState",
				"labelSequence", "unassigned");
		assertThat(device.get("name").asString()).isEqualTo(name);
		assertThat(UUID.fromString(device.get("uuid").asString()).version()).isEqualTo(4);
		assertThat(device.get("state").asString()).isEqualTo("online");
		assertThat(device.get("path").asString()).isEqualTo(file.toString());
		assertThat(device.get("sizeBytes").asLong()).isEqualTo(SIZE);
		assertThat(device.get("logicalBlockSize").asInt()).isEqualTo(4096);
		assertThat(device.get("generation").asInt()).isOne();
		long capacity = 7 * (4 << 20);
		assertThat(device.get("capacity")).hasToString(
				"{\"totalBytes\":%d,\"usedBytes\":0,\"freeBytes\":%d,\"dirtyBytes\":0}".formatted(capacity, capacity));
		assertThat(device.get("inflight").asInt()).isZero();
		assertThat(device.get("labelState").asString()).isEqualTo("valid");
		assertThat(device.get("unassigned")).isEmpty();
		assertThat(admin().get(ExtraDevices.path(name)).body()).isEqualTo(attached.body());
	}

	@Test
	void shouldFindTheSameDeclarationAndRefuseAnother() throws Exception {
		String name = this.devices.name();
		Path file = this.devices.file(SIZE);
		String attached = this.devices.put(name, file).body();
		HttpResponse<String> again = this.devices.put(name, file);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(attached);
		Path other = this.devices.file(SIZE);
		HttpResponse<String> otherwise = this.devices.put(name, other);
		assertProblem(otherwise, 409, "already-exists");
		assertThat(detail(otherwise)).contains("asked for otherwise", name);
		assertProblem(admin().put(ExtraDevices.path(name), "{\"serial\":\"S1\"}"), 409, "already-exists");
		assertUnchanged(other, new byte[(int) SIZE]);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{}                                     | malformed-request | one of path, serial and wwid
			{"adopt":true}                         | malformed-request | one of path, serial and wwid
			{"path":null}                          | malformed-request | one of path, serial and wwid
			{"path":"/dev/x","serial":"S"}         | malformed-request | one of path, serial and wwid
			{"serial":"S","wwid":"W"}              | malformed-request | one of path, serial and wwid
			{"path":"d.img"}                       | malformed-request | path is absolute
			{"path":"../d.img"}                    | malformed-request | path is absolute
			{"path":""}                            | malformed-request | path is absolute
			{"path":"/dev/\\u0000"}                | malformed-request | path is no path
			{"path":["/dev/x"]}                    | malformed-request | 'path' has a value of the wrong kind
			{"path":"/dev/x","overwrite":"yes"}    | malformed-request | 'overwrite' has a value of the wrong kind
			{"path":"/dev/x","rename":["a"]}       | malformed-request | 'rename' has a value of the wrong kind
			{"path":"/dev/x","rename":{"a":[]}}   | malformed-request | 'rename.a' has a value of the wrong kind
			{"path":"/dev/x","colour":"red"}       | unknown-field     | colour
			{"path":"/dev/x","name":"other"}       | unknown-field     | name
			{"path":                               | malformed-request | not JSON
			[]                                     | malformed-request | JSON object
			""")
	void shouldSayWhatIsWrongWithABody(String body, String code, String detail) throws Exception {
		String name = this.devices.name();
		HttpResponse<String> response = admin().put(ExtraDevices.path(name), body);
		assertProblem(response, 400, code);
		assertThat(detail(response)).contains(detail);
		assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UPPER", "a_b", "-a", "a.b", "%20" })
	void shouldRefuseBadNames(String name) throws Exception {
		Path file = this.devices.file(SIZE);
		assertProblem(this.devices.put(name, file), 400, "bad-name");
		assertProblem(admin().get(ExtraDevices.path(name)), 400, "bad-name");
		assertProblem(admin().delete(ExtraDevices.path(name)), 400, "bad-name");
		assertUnchanged(file, new byte[(int) SIZE]);
	}

	@Test
	void shouldSayWhyAPathWillNotDo() throws Exception {
		Path missing = this.temporary.resolve("missing.img");
		assertRefused("{\"path\":\"%s\"}".formatted(missing), 409, "device-not-online", "there is nothing at its path");
		assertThat(missing).doesNotExist();
		assertRefused("{\"path\":\"%s\"}".formatted(this.temporary), 422, "not-supported", "its path is a directory");
		assertRefused("{\"path\":\"/dev/null\"}", 422, "not-supported", "does not take direct I/O");
		assertRefused("{\"path\":\"%s\"}".formatted(this.devices.file(MEBIBYTE)), 422, "not-supported",
				"its 1048576 bytes are too few");
	}

	@Test
	void shouldSayThatNoDriveHasASerialNumberOrWwid() throws Exception {
		assertRefused("{\"serial\":\"no such drive\"}", 409, "device-not-online",
				"no drive on this node has this serial number");
		assertRefused("{\"wwid\":\"eui.0\"}", 409, "device-not-online", "no drive on this node has this wwid");
	}

	@Test
	void shouldLeaveAFileThatHoldsSomethingAlone() throws Exception {
		Path file = this.devices.file(SIZE);
		byte[] text = "somebody's data".getBytes(StandardCharsets.UTF_8);
		write(file, 5000, text);
		byte[] before = Files.readAllBytes(file);
		for (String more : List.of("\"overwrite\":false", "\"overwrite\":true", "\"adopt\":true")) {
			String name = this.devices.name();
			HttpResponse<String> refused = this.devices.put(name, file, more);
			assertProblem(refused, 409, "foreign-signature");
			JsonNode problem = Client.json(refused);
			assertThat(problem.get("found").asString()).isEqualTo("unknown content");
			assertThat(problem.get("offset").asInt()).isEqualTo(5000);
			assertThat(problem.get("detail").asString()).contains("by your own hand", "nothing in it was changed");
			assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
		}
		assertUnchanged(file, before);
	}

	@Test
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4" })
	void shouldOverwriteADriveOnlyIfTold() throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.temporary, SIZE)) {
			for (long offset = 0; offset < SIZE; offset += MEBIBYTE) {
				write(loop.device(), offset, random(MEBIBYTE));
			}
			makeFileSystem(loop.device());
			byte[] before = Files.readAllBytes(loop.device());
			String name = this.devices.name();
			HttpResponse<String> refused = this.devices.put(name, loop.device());
			assertProblem(refused, 409, "foreign-signature");
			assertThat(Client.json(refused).get("found").asString()).isEqualTo("ext4");
			assertThat(detail(refused)).contains("attach it with overwrite", "nothing on it was changed");
			assertUnchanged(loop.device(), before);

			HttpResponse<String> attached = this.devices.put(name, loop.device(), "\"overwrite\":true");
			assertThat(attached.statusCode()).as(attached.body()).isEqualTo(201);
			JsonNode device = Client.json(attached);
			assertThat(device.get("logicalBlockSize").asInt()).isEqualTo(512);
			assertThat(device.get("writeCache").asString()).isEqualTo("write-back");
			assertThat(device.get("limits").propertyNames()).containsExactlyInAnyOrder("maxRequestBytes", "maxSegments",
					"discardMaxBytes", "writeZeroesMaxBytes", "rotational");
			assertThat(this.devices.put(name, loop.device(), "\"overwrite\":true").statusCode()).isEqualTo(200);
			long capacity = device.get("capacity").get("totalBytes").asLong();
			Awaitility.await()
				.atMost(10, TimeUnit.SECONDS)
				.until(() -> this.devices.get(name).get("capacity").get("freeBytes").asLong() == capacity);

			String volume = "/v1/tenants/acme/volumes/over-ext4";
			HttpResponse<String> made = admin().put(volume,
					"{\"sizeBytes\":%d,\"devices\":[\"%s\"]}".formatted(capacity, name));
			assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
			assertThat(Arrays.equals(all(volume), new byte[(int) capacity])).as("all zero").isTrue();
			this.devices.close();
		}
	}

	@Test
	void shouldNeitherUseNorFormatADamagedLabel() throws Exception {
		String name = this.devices.name();
		Path file = this.devices.file(SIZE);
		this.devices.put(name, file);
		assertThat(this.devices.detach(name).statusCode()).isEqualTo(204);
		write(file, 200, "torn".getBytes(StandardCharsets.UTF_8));
		write(file, SIZE - MEBIBYTE + 200, "torn".getBytes(StandardCharsets.UTF_8));
		byte[] before = Files.readAllBytes(file);
		for (String more : List.of("\"overwrite\":false", "\"overwrite\":true", "\"adopt\":true")) {
			HttpResponse<String> refused = this.devices.put(name, file, more);
			assertProblem(refused, 409, "foreign-signature");
			assertThat(Client.json(refused).get("labelState").asString()).isEqualTo("damaged");
			assertThat(detail(refused)).contains("damaged label", "neither used nor formatted");
		}
		assertUnchanged(file, before);
	}

	@Test
	void shouldSayWhichDeviceADriveIsAlready() throws Exception {
		Path file = this.devices.file(SIZE);
		String name = this.devices.attach(file);
		Path link = Files.createSymbolicLink(this.temporary.resolve("link.img"), file);
		for (Path path : List.of(file, link)) {
			String other = this.devices.name();
			HttpResponse<String> refused = this.devices.put(other, path);
			assertProblem(refused, 409, "already-exists");
			assertThat(detail(refused)).contains("The drive is device %s:".formatted(name));
			assertProblem(admin().get(ExtraDevices.path(other)), 404, "not-found");
		}
	}

	@Test
	void shouldRefuseACopyOfADevice() throws Exception {
		Path file = this.devices.file(SIZE);
		String name = this.devices.attach(file);
		Path copy = Files.copy(file, this.temporary.resolve("copy.img"));
		byte[] before = Files.readAllBytes(copy);
		HttpResponse<String> refused = this.devices.put(this.devices.name(), copy);
		assertProblem(refused, 409, "already-exists");
		assertThat(detail(refused)).contains("is it a copy?").contains(this.devices.get(name).get("uuid").asString());
		assertUnchanged(copy, before);
	}

	@Test
	void shouldUseADriveThatHasGrownAsBeforeAndNoneThatHasShrunk() throws Exception {
		Path file = this.devices.file(SIZE);
		String name = this.devices.attach(file);
		JsonNode before = this.devices.get(name);
		assertThat(this.devices.detach(name).statusCode()).isEqualTo(204);
		resize(file, SIZE - 4096);
		byte[] content = Files.readAllBytes(file);
		HttpResponse<String> refused = this.devices.put(name, file);
		assertProblem(refused, 422, "not-supported");
		assertThat(detail(refused)).contains("it has shrunk",
				"for %d bytes and it has %d".formatted(SIZE, SIZE - 4096));
		assertUnchanged(file, content);
		resize(file, SIZE + 8 * MEBIBYTE);
		assertThat(this.devices.put(name, file).statusCode()).isEqualTo(201);
		JsonNode after = this.devices.get(name);
		assertThat(after.get("uuid")).isEqualTo(before.get("uuid"));
		assertThat(after.get("capacity")).isEqualTo(before.get("capacity"));
	}

	@Test
	void shouldShowHowFarTheScrubOfADriveIs() throws Exception {
		// Not all of it is a hole, so nothing is known to be zero. A smaller drive is
		// done
		// too soon to be worth an operation.
		Path file = this.devices.file(1280L * MEBIBYTE);
		write(file, 600L * MEBIBYTE, new byte[] { 1 });
		String name = this.devices.name();
		JsonNode capacity = Client.json(this.devices.put(name, file)).get("capacity");
		long total = capacity.get("totalBytes").asLong();
		assertThat(capacity.get("dirtyBytes").asLong() + capacity.get("freeBytes").asLong()).isEqualTo(total);
		JsonNode scrub = Awaitility.await()
			.atMost(60, TimeUnit.SECONDS)
			.until(() -> scrubOf(name), (found) -> found != null && !found.get("state").asString().equals("running"));
		assertThat(scrub.get("state").asString()).isEqualTo("succeeded");
		JsonNode progress = scrub.get("progress");
		assertThat(progress.get("unit").asString()).isEqualTo("bytes");
		assertThat(progress.get("total").asLong()).isEqualTo(total);
		assertThat(progress.get("done").asLong()).isEqualTo(total);
		assertProblem(acme().get("/v1/operations/" + scrub.get("id").asString()), 404, "not-found");
		capacity = this.devices.get(name).get("capacity");
		assertThat(capacity.get("dirtyBytes").asLong()).isZero();
		assertThat(capacity.get("freeBytes").asLong()).isEqualTo(total);
	}

	private JsonNode scrubOf(String device) throws Exception {
		for (JsonNode operation : Client.json(admin().get("/v1/operations?pageSize=1000")).get("operations")) {
			if (operation.get("kind").asString().equals("scrub")
					&& operation.get("subject").asString().equals("devices/" + device)) {
				return operation;
			}
		}
		return null;
	}

	private static void resize(Path file, long size) throws Exception {
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.setLength(size);
		}
	}

	@Test
	void shouldKeepDevicesFromAllButAdministrators() throws Exception {
		Path file = this.devices.file(SIZE);
		String name = this.devices.attach(file);
		for (Client client : List.of(acme(), admin().tenant("acme", "reader"))) {
			for (String device : List.of(name, "no-such-device", "BAD")) {
				String path = ExtraDevices.path(device);
				assertProblem(client.get(path), 403, "forbidden");
				assertProblem(client.put(path, "{\"path\":\"%s\"}".formatted(file)), 403, "forbidden");
				assertProblem(client.put(path, "nonsense"), 403, "forbidden");
				assertProblem(client.delete(path), 403, "forbidden");
			}
			assertProblem(client.get("/v1/devices"), 403, "forbidden");
			assertProblem(client.get("/v1/devices?pageSize=x"), 403, "forbidden");
		}
		assertProblem(Client.anonymous(this.port).get("/v1/devices"), 401, "unauthenticated");
		assertProblem(Client.anonymous(this.port).delete(ExtraDevices.path(name)), 401, "unauthenticated");
		assertThat(this.devices.get(name).get("state").asString()).isEqualTo("online");
	}

	@Test
	void shouldDetachOnlyWhatNobodyUses() throws Exception {
		Path file = this.devices.file(SIZE);
		String name = this.devices.attach(file);
		String volume = "/v1/tenants/acme/volumes/on-" + name;
		admin().put(volume, "{\"sizeBytes\":\"1MiB\",\"devices\":[\"%s\"]}".formatted(name));
		HttpResponse<String> refused = this.devices.detach(name);
		assertProblem(refused, 409, "in-use");
		assertThat(Client.json(refused).get("volumes").asInt()).isOne();
		assertThat(acme().get(volume + "/data").statusCode()).isEqualTo(200);
		assertThat(acme().delete(volume).statusCode()).isEqualTo(204);
		String uuid = this.devices.get(name).get("uuid").asString();
		assertThat(this.devices.detach(name).statusCode()).isEqualTo(204);
		assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
		assertProblem(this.devices.detach(name), 404, "not-found");

		String other = this.devices.attach(file);
		assertThat(this.devices.get(other).get("uuid").asString()).isEqualTo(uuid);
		assertThat(this.devices.get(other).get("generation").asInt()).isEqualTo(2);
	}

	@Test
	void shouldNotDetachWhatTheConfigurationNames() throws Exception {
		HttpResponse<String> refused = this.devices.detach("d0");
		assertProblem(refused, 409, "in-use");
		assertThat(detail(refused)).contains("in the configuration");
		assertThat(this.devices.get("d0").get("state").asString()).isEqualTo("online");
	}

	@Test
	void shouldListInPages() throws Exception {
		List<String> expected = new ArrayList<>(List.of("d0"));
		for (int i = 0; i < 3; i++) {
			expected.add(this.devices.attach(8 * MEBIBYTE));
		}
		expected.sort(null);
		assertThat(names(admin().get("/v1/devices"))).isEqualTo(expected);
		HttpResponse<String> first = admin().get("/v1/devices?pageSize=3");
		assertThat(names(first)).isEqualTo(expected.subList(0, 3));
		this.devices.detach(expected.get(2));
		HttpResponse<String> second = admin()
			.get("/v1/devices?pageToken=" + Client.json(first).get("nextPageToken").asString());
		assertThat(names(second)).isEqualTo(expected.subList(3, 4));
		assertThat(Client.json(second).has("nextPageToken")).isFalse();
		assertThat(Client.json(first).get("devices").get(0)).isEqualTo(this.devices.get("d0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "pageSize=0", "pageSize=1001", "pageSize=x", "pageToken=!", "pageSize=1&pageSize=2" })
	void shouldRefusePagesThatAreNone(String query) throws Exception {
		assertProblem(admin().get("/v1/devices?" + query), 400, "malformed-request");
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldShowDrivesThatAreNotAttached() throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.temporary, SIZE)) {
			JsonNode drive = this.devices.discovered(loop.device());
			assertThat(drive.get("sizeBytes").asLong()).isEqualTo(SIZE);
			assertThat(drive.get("logicalBlockSize").asInt()).isEqualTo(512);
			assertThat(drive.get("physicalBlockSize").asInt()).isGreaterThanOrEqualTo(512);
			assertThat(drive.get("writeCache").asString()).isEqualTo("write-back");
			assertThat(drive.get("limits").get("maxRequestBytes").asLong()).isPositive();
			assertThat(drive.has("label")).isFalse();
			assertThat(drive.has("inUse")).isFalse();
			assertThat(drive.has("unresponsive")).isFalse();

			String name = this.devices.attach(loop.device());
			assertThat(this.devices.discovered(loop.device())).isNull();
			String uuid = this.devices.get(name).get("uuid").asString();
			assertThat(this.devices.detach(name).statusCode()).isEqualTo(204);
			drive = this.devices.discovered(loop.device());
			assertThat(drive.get("label").asString()).isEqualTo(uuid);
			assertThat(drive.has("device")).isFalse();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4", "mount" })
	void shouldLeaveADriveThatIsMountedAlone() throws Exception {
		Path mountPoint = Files.createDirectory(this.temporary.resolve("mnt"));
		try (LoopDevice loop = LoopDevice.create(this.temporary, SIZE)) {
			makeFileSystem(loop.device());
			run("mount", loop.device().toString(), mountPoint.toString());
			try {
				JsonNode drive = this.devices.discovered(loop.device());
				assertThat(drive.get("inUse").asString()).isEqualTo("is mounted");
				assertRefused("{\"path\":\"%s\",\"overwrite\":true}".formatted(loop.device()), 409, "in-use",
						"mounted or in use by another program");
			}
			finally {
				run("umount", mountPoint.toString());
			}
		}
	}

	private void assertRefused(String body, int status, String code, String why) throws Exception {
		String name = this.devices.name();
		HttpResponse<String> response = admin().put(ExtraDevices.path(name), body);
		assertProblem(response, status, code);
		assertThat(detail(response)).startsWith("Device %s cannot be used: ".formatted(name)).contains(why);
		assertProblem(admin().get(ExtraDevices.path(name)), 404, "not-found");
	}

	private static String detail(HttpResponse<String> problem) {
		return Client.json(problem).get("detail").asString();
	}

	private static List<String> names(HttpResponse<String> list) {
		List<String> names = new ArrayList<>();
		Client.json(list).get("devices").forEach((device) -> names.add(device.get("name").asString()));
		return names;
	}

	private static void assertUnchanged(Path file, byte[] before) throws Exception {
		assertThat(Arrays.equals(Files.readAllBytes(file), before)).as("%s is as it was", file).isTrue();
	}

	private static void write(Path file, long offset, byte[] bytes) throws Exception {
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rwd")) {
			content.seek(offset);
			content.write(bytes);
		}
	}

	private static void makeFileSystem(Path device) throws Exception {
		run("mkfs.ext4", "-q", "-F", device.toString());
	}

	private static void run(String... command) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("/usr/bin/env"));
		arguments.addAll(List.of(command));
		ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
		builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

}
