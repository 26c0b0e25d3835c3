package dev.holdfast.nvme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A disk with the jar of {@code target}, unpacked, and with a cache of its classes, since
 * an emulated processor is slow in loading them.
 */
final class ServiceDisk {

	private static final Path START = Path.of("src/it/nvme-vm/guest/start");

	private static final Path OPTIONS = Path.of("src/it/nvme-vm/guest/options");

	private ServiceDisk() {
	}

	/**
	 * Makes one.
	 * @param image with the runtime that the cache is for
	 * @param directory where it goes
	 */
	static Path create(GuestImage image, Path directory) throws IOException, InterruptedException {
		Path service = directory.resolve("service");
		java(image, directory, "-Djarmode=tools", "-jar", jar().toString(), "extract", "--force", "--destination",
				service.toString());
		Files.move(service.resolve(jar().getFileName()), service.resolve("holdfast.jar"));
		Files.copy(START, service.resolve("start"));
		Files.copy(OPTIONS, service.resolve("options"));
		// It halts, and deletes nothing.
		Path training = Files.createDirectories(directory.resolve("training"));
		java(image, service, "-Djava.io.tmpdir=" + training, "-XX:AOTCacheOutput=service.aot", "-Xlog:disable",
				"@options", "-Dspring.context.exit=onRefresh", "-jar", "holdfast.jar", "--logging.level.root=warn",
				"--server.port=0", "--management.server.port=0",
				"--holdfast.data-directory=" + training.resolve("data"));
		Path disk = directory.resolve("service.ext4");
		Programs.run(directory, List.of("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d",
				service.toString(), disk.toString(), "300M"));
		return disk;
	}

	private static void java(GuestImage image, Path directory, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(image.java().toString()));
		command.addAll(List.of(arguments));
		Programs.run(directory, command);
	}

	private static Path jar() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target"))) {
			List<Path> jars = files.filter((file) -> file.getFileName().toString().matches("holdfast-.*\\.jar"))
				.toList();
			assertThat(jars).as("what mvn package makes").hasSize(1);
			return jars.getFirst().toAbsolutePath();
		}
	}

}
