package dev.holdfast.mapping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each rule of the mapping contract has a test that is called by its number. The last,
 * that costs are measured, has figures instead.
 */
class ContractRulesTests {

	private static final int RULES = 16;

	private static final Pattern NAME = Pattern.compile("@DisplayName\\(\"Rules? [0-9]+(?: and [0-9]+)*:");

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	@Test
	void shouldHaveATestForEachRule() throws IOException {
		Set<Integer> found = new TreeSet<>();
		try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
			for (Path file : files.filter((path) -> path.toString().endsWith("Tests.java")).toList()) {
				Matcher name = NAME.matcher(Files.readString(file));
				while (name.find()) {
					NUMBER.matcher(name.group())
						.results()
						.forEach((number) -> found.add(Integer.valueOf(number.group())));
				}
			}
		}
		assertThat(found).isEqualTo(IntStream.rangeClosed(1, RULES).boxed().collect(Collectors.toSet()));
	}

}
