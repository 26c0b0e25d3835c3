package dev.holdfast;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HoldfastApplicationTests {

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	@Test
	void refusesAnUnknownCommandInOneSentence() {
		assertThat(run("Linux", "sreve")).isEqualTo(2);
		assertThat(said()).hasLineCount(1)
			.contains("'sreve'")
			.contains("'serve'")
			.contains("'catalog backup FILE'", "'admin-token --reset'");
	}

	@Test
	void refusesAnotherOperatingSystemInOneSentence() {
		assertThat(run("Mac OS X")).isEqualTo(1);
		assertThat(said()).hasLineCount(1).contains("Linux").contains("Mac OS X");
	}

	private int run(String operatingSystem, String... args) {
		return HoldfastApplication.run(operatingSystem, args, System.out,
				new PrintStream(this.err, true, StandardCharsets.UTF_8));
	}

	private String said() {
		return this.err.toString(StandardCharsets.UTF_8);
	}

}
