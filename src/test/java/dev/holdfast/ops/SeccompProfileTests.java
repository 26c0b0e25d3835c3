package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The profile for containers allows what Docker's own does, and io_uring.
 */
class SeccompProfileTests {

	@Test
	void shouldAddIoUringToDockersProfileAndNothingElse() throws Exception {
		JsonNode docker = read("src/test/resources/seccomp/docker-default.json");
		JsonNode ours = read("config/seccomp.json");
		assertThat(docker.toString()).doesNotContain("io_uring");
		List<JsonNode> rules = rules(ours);
		JsonNode added = rules.removeLast();
		assertThat(rules).isEqualTo(rules(docker)).hasSizeGreaterThan(30);
		assertThat(added.get("names").valueStream().map(JsonNode::asString)).containsExactlyInAnyOrder("io_uring_setup",
				"io_uring_enter", "io_uring_register");
		assertThat(added.get("action").asString()).isEqualTo("SCMP_ACT_ALLOW");
		assertThat(added.propertyNames()).containsExactlyInAnyOrder("names", "action", "comment");
		assertThat(ours.propertyNames()).containsExactlyInAnyOrderElementsOf(docker.propertyNames());
		docker.propertyStream()
			.filter((property) -> !property.getKey().equals("syscalls"))
			.forEach((property) -> assertThat(ours.get(property.getKey())).isEqualTo(property.getValue()));
	}

	private static List<JsonNode> rules(JsonNode profile) {
		return new ArrayList<>(profile.get("syscalls").valueStream().toList());
	}

	private static JsonNode read(String file) throws IOException {
		return JsonMapper.shared().readTree(Files.readString(Path.of(file)));
	}

}
