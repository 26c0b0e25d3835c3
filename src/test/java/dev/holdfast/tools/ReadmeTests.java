package dev.holdfast.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.holdfast.ops.Client;
import dev.holdfast.ops.StartedService;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README tells somebody to type works as it stands there, but for ports, the
 * drive and its size, and says what the README says.
 */
@RequiresTool("curl")
class ReadmeTests {

	private static final String UUID = "[0-9a-f]{8}-[0-9a-f-]{27}";

	private static final Path README = Path.of("README.md");

	@TempDir
	private Path here;

	private Path data;

	@BeforeEach
	void copy() throws IOException {
		Files.copy(README, this.here.resolve("README.md"));
		this.data = this.here.resolve("data");
	}

	@Test
	void shouldShowADemo() throws Exception {
		List<String> lines = section("## Run it");
		List<String> commands = commands(lines);
		assertThat(commands).hasSize(9);
		try (StartedService service = StartedService.start(this.data, "spring.profiles.active=demo")) {
			String token = token("data/demo.header");
			String said = shell(token).run(script(service, commands.subList(0, 4)));
			assertThat(anywhere(said)).isEqualTo(anywhere(answers(lines)));
			// Over two commands curl says nothing between one answer and the next.
			said = shell(token).run(script(service, commands.subList(4, 9)));
			assertThat(said).startsWith("100\n").contains("\"sizeBytes\":134217728", "\nholdfast_device_state{");
			assertThat(said).doesNotContain("/problems/");
			byte[] text = Files.readAllBytes(README);
			assertThat(Client.withHeaderFile(service.port(), this.data.resolve("demo.header"))
				.getBytes("/v1/tenants/demo/volumes/v1/data", "Range", "bytes=1000001-" + (1_000_000 + text.length))
				.body()).isEqualTo(text);
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldServeADriveOfOnesOwn() throws Exception {
		List<String> attach = commands(section("### With a drive of your own"));
		assertThat(attach.removeFirst()).startsWith("java ");
		List<String> use = commands(section("### Volumes"));
		assertThat(attach).hasSize(5);
		assertThat(use).hasSize(5);
		try (LoopDevice drive = LoopDevice.create(this.here, 512L << 20);
				LoopDevice another = LoopDevice.create(this.here, 512L << 20);
				StartedService service = StartedService.start(this.data)) {
			// The striped volume there needs a second drive, which is attached like the
			// first.
			String second = attach.get(2).replace("nvme0n1", "nvme1n1").replace("/nvme0", "/nvme1");
			attach.add(3, second);
			attach.replaceAll((command) -> command.replace("/dev/nvme0n1", drive.device().toString())
				.replace("/dev/nvme1n1", another.device().toString()));
			use.replaceAll((command) -> command.replace("GiB", "MiB").replace("TiB", "MiB"));
			String settings = attach.removeFirst() + "\n" + use.removeFirst() + "\n";
			List<JsonNode> answers = answers(token("data/admin.header"), settings, service, attach);
			assertThat(answers.get(0).get("discovered")).isNotNull();
			assertThat(answers.get(1).get("state").asString()).isEqualTo("online");
			assertThat(answers.get(2).get("state").asString()).isEqualTo("online");
			assertThat(answers.get(3).get("name").asString()).isEqualTo("acme");
			Path header = this.here.resolve("token.header");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(header))).isEqualTo("rw-------");
			answers = answers(token("token.header"), settings, service, use);
			assertThat(answers.get(0).get("sizeBytes").asLong()).isEqualTo(100 << 20);
			assertThat(answers.get(1).get("layout").asString()).isEqualTo("striped");
			assertThat(answers.get(2).get("sizeBytes").asLong()).isEqualTo(200 << 20);
			assertThat(answers.get(3).get("extents").get(0).get("device").asString()).isIn("nvme0", "nvme1");
			List<String> reference = commands(section("### Buffers, mappings and batches"));
			assertThat(reference).hasSize(5);
			settings += reference.removeFirst() + "\n";
			answers = answers(token("token.header"), settings, service, reference);
			assertThat(answers.get(0).get("state").asString()).isEqualTo("ready");
			assertThat(answers.get(1).get("state").asString()).isEqualTo("mapped");
			assertThat(answers.get(2).get("results").get(0).get("bytes").asLong()).isEqualTo(4096);
			assertThat(answers.get(3).asLong()).isEqualTo(4096);
		}
	}

	/** Of each command that says something, which is JSON. */
	private List<JsonNode> answers(String token, String settings, StartedService service, List<String> commands)
			throws Exception {
		List<JsonNode> answers = new ArrayList<>();
		for (String command : commands) {
			String said = shell(token).run(script(service, List.of(settings + command)));
			assertThat(said).doesNotContain("/problems/");
			if (!said.isBlank()) {
				answers.add(JsonMapper.shared().readTree(said));
			}
		}
		return answers;
	}

	/** Without what differs between two machines. */
	private static String anywhere(String answers) {
		return answers.replaceAll(UUID, "UUID")
			.replaceAll("\"node\":\"[^\"]*\"", "\"node\":\"NODE\"")
			.replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT");
	}

	private Shell shell(String token) {
		return new Shell(this.here, token);
	}

	private String token(String file) throws IOException {
		return Files.readString(this.here.resolve(file)).strip().substring("Authorization: Bearer ".length());
	}

	private static String script(StartedService service, List<String> commands) {
		return String.join("\n", commands)
			.replace("127.0.0.1:8080", "127.0.0.1:" + service.port())
			.replace("127.0.0.1:8081", "127.0.0.1:" + service.managementPort());
	}

	/** What is indented below a heading and above the next one. */
	private static List<String> section(String heading) throws IOException {
		List<String> lines = Files.readAllLines(README);
		return lines.stream()
			.skip(lines.indexOf(heading) + 1)
			.takeWhile((line) -> !line.startsWith("#"))
			.filter((line) -> line.startsWith("    "))
			.map((line) -> line.substring(4))
			.collect(Collectors.toCollection(ArrayList::new));
	}

	private static List<String> commands(List<String> lines) {
		List<String> commands = new ArrayList<>();
		boolean more = false;
		for (String line : lines) {
			if (more) {
				commands.add(commands.removeLast() + "\n" + line);
			}
			else if (isCommand(line)) {
				commands.add(line.startsWith("$ ") ? line.substring(2) : line);
			}
			more = (more || isCommand(line)) && (line.endsWith("|") || line.endsWith("\\"));
		}
		return commands;
	}

	private static boolean isCommand(String line) {
		return line.startsWith("$ ") || line.startsWith("curl ");
	}

	private static String answers(List<String> lines) {
		return lines.stream()
			.filter((line) -> !isCommand(line) && !line.startsWith("mvn "))
			.map((line) -> line + "\n")
			.collect(Collectors.joining());
	}

}
