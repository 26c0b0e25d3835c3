package dev.holdfast.buffer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AvailableMemoryTests {

	private static final long MIB = 1 << 20;

	@TempDir
	private Path directory;

	@Test
	void shouldKnowThisNode() {
		assertThat(new AvailableMemory().bytes()).isBetween(0L, 1L << 50);
	}

	@Test
	void shouldBeWhatIsAvailableButForAReserve() throws IOException {
		write("meminfo", "MemTotal:  4194304 kB\nMemFree:  1 kB\nMemAvailable:  1048576 kB\n");
		assertThat(memory().bytes()).isEqualTo((1024 - 256) * MIB);
	}

	@Test
	void shouldBeLessInAGroupWhoseFilesDoNotCount() throws IOException {
		write("meminfo", "MemAvailable:  1048576 kB\n");
		write("memory.max", "%d\n".formatted(600 * MIB));
		write("memory.current", "%d\n".formatted(300 * MIB));
		write("memory.stat", "anon 5\ninactive_file %d\nactive_file %d\n".formatted(80 * MIB, 20 * MIB));
		assertThat(memory().bytes()).isEqualTo((600 - 200 - 256) * MIB);
		write("memory.max", "max\n");
		assertThat(memory().bytes()).isEqualTo((1024 - 256) * MIB);
	}

	@Test
	void shouldBeNothingAndNotLess() throws IOException {
		write("meminfo", "MemAvailable:  1024 kB\n");
		assertThat(memory().bytes()).isZero();
	}

	@Test
	void shouldBeWithoutEndWhereNothingIsSaid() {
		assertThat(memory().bytes()).isGreaterThan(1L << 50);
	}

	private AvailableMemory memory() {
		return new AvailableMemory(this.directory.resolve("meminfo"), this.directory);
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.directory.resolve(name), content);
	}

}
