package dev.holdfast.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.testcontainers.images.builder.ImageFromDockerfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The image of the jar in {@code target}, built once for all tests.
 */
final class HoldfastImage {

	/** As {@code docker/compose.yaml} calls it. */
	static final String NAME = "holdfast:latest";

	private static final ImageFromDockerfile IMAGE = build();

	private HoldfastImage() {
	}

	static ImageFromDockerfile built() {
		return IMAGE;
	}

	private static ImageFromDockerfile build() {
		return new ImageFromDockerfile(NAME, false).withFileFromPath("Dockerfile", Path.of("docker/Dockerfile"))
			.withFileFromPath("docker/health", Path.of("docker/health"))
			.withFileFromPath("target/" + jar().getFileName(), jar());
	}

	private static Path jar() {
		try (Stream<Path> files = Files.list(Path.of("target"))) {
			List<Path> jars = files.filter((file) -> file.getFileName().toString().matches("holdfast-.*\\.jar"))
				.toList();
			assertThat(jars).as("what mvn package makes").hasSize(1);
			return jars.getFirst();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
