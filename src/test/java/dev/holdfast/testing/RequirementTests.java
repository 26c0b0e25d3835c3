package dev.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.skippedWithReason;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

class RequirementTests {

	@Test
	void runsATestThatHasWhatItNeeds() {
		execute(HasItsTool.class, true).testEvents().assertStatistics((statistics) -> statistics.succeeded(1));
	}

	@Test
	void skipsATestThatLacksATool() {
		execute(LacksATool.class, false).containerEvents()
			.assertThatEvents()
			.haveExactly(1,
					event(skippedWithReason((reason) -> reason.contains("install what provides no-such-tool"))));
	}

	@Test
	void failsInsteadOfSkippingInContinuousIntegration() {
		EngineExecutionResults results = execute(LacksATool.class, true);
		results.testEvents().assertStatistics((statistics) -> statistics.started(0));
		results.allEvents()
			.assertThatEvents()
			.haveExactly(1, event(finishedWithFailure(message((text) -> text.contains("no-such-tool")))));
	}

	@Test
	void looksForToolsBesideThePathToo(@TempDir Path directory) throws IOException {
		assertThat(ToolCondition.find("no-such-tool", "/bin")).isEmpty();
		assertThat(ToolCondition.find("ldconfig", "")).isPresent();
		Path tool = Files.createFile(directory.resolve("tool"));
		assertThat(ToolCondition.find("tool", "/bin:" + directory)).as("not executable").isEmpty();
		assertThat(tool.toFile().setExecutable(true)).isTrue();
		assertThat(ToolCondition.find("tool", "/bin:" + directory)).contains(tool);
	}

	@Test
	@RequiresTool("qemu-img")
	void skipsATestThatLacksADriverOfQemu() {
		assertThat(QemuDriverCondition.isThere("nbd")).isTrue();
		execute(LacksADriver.class, false).containerEvents()
			.assertThatEvents()
			.haveExactly(1, event(skippedWithReason((reason) -> reason.contains("install qemu-img and its drivers"))));
		execute(LacksADriver.class, true).allEvents()
			.assertThatEvents()
			.haveExactly(1, event(finishedWithFailure(message((text) -> text.contains("no driver for no-such")))));
	}

	@Test
	void allowsIoUringWhereTheKernelDoes(@TempDir Path directory) throws IOException {
		Path setting = directory.resolve("io_uring_disabled");
		assertThat(IoUringCondition.obstacle(setting, false)).as("before Linux 6.6").isEmpty();
		Files.writeString(setting, "0\n");
		assertThat(IoUringCondition.obstacle(setting, false)).isEmpty();
		Files.writeString(setting, "1\n");
		assertThat(IoUringCondition.obstacle(setting, true)).isEmpty();
		assertThat(IoUringCondition.obstacle(setting, false)).hasValueSatisfying(
				(obstacle) -> assertThat(obstacle).contains("sysctl kernel.io_uring_disabled=0").contains("root"));
		Files.writeString(setting, "2\n");
		assertThat(IoUringCondition.obstacle(setting, true)).isPresent();
	}

	@Test
	void looksForTheNewestPostgresBesideThePathToo(@TempDir Path directory) throws IOException {
		assertThat(PostgresServer.programs("", directory.resolve("nowhere"))).isEmpty();
		for (String release : List.of("9", "15", "17", "client-18")) {
			install(directory.resolve(release).resolve("bin"), List.of("initdb", "postgres", "pg_ctl"));
		}
		install(directory.resolve("18/bin"), List.of("psql", "pg_ctl"));
		assertThat(PostgresServer.programs("", directory)).contains(directory.resolve("17/bin"));
		String path = "/bin:" + directory.resolve("9/bin");
		assertThat(PostgresServer.programs(path, directory)).contains(directory.resolve("9/bin"));
	}

	@Test
	void saysWhatToInstallForPostgres() {
		Optional<Path> there = Optional.of(Path.of("/bin"));
		assertThat(PostgresCondition.obstacle(there, there)).isEmpty();
		assertThat(PostgresCondition.obstacle(Optional.empty(), there))
			.hasValueSatisfying((obstacle) -> assertThat(obstacle).contains("package is postgresql"));
		assertThat(PostgresCondition.obstacle(there, Optional.empty()))
			.hasValueSatisfying((obstacle) -> assertThat(obstacle).contains("install util-linux"));
	}

	private static void install(Path directory, List<String> programs) throws IOException {
		Files.createDirectories(directory);
		for (String program : programs) {
			assertThat(Files.createFile(directory.resolve(program)).toFile().setExecutable(true)).isTrue();
		}
	}

	@Test
	@RequiresRoot
	void runsThisAsRootOnly() throws IOException {
		assertThat(Files.isReadable(Path.of("/proc/1/environ"))).isTrue();
	}

	private static EngineExecutionResults execute(Class<?> sample, boolean ci) {
		return EngineTestKit.engine("junit-jupiter")
			.configurationParameter("holdfast.ci", Boolean.toString(ci))
			.selectors(selectClass(sample))
			.execute();
	}

	@RequiresTool("sh")
	static class HasItsTool {

		@Test
		void runs() {
			assertThat(ToolCondition.find("sh")).isPresent();
		}

	}

	@RequiresTool({ "sh", "no-such-tool" })
	static class LacksATool {

		@Test
		void neverRuns() {
			throw new AssertionError("ran without its tool");
		}

	}

	@RequiresQemuDriver("no-such")
	static class LacksADriver {

		@Test
		void neverRuns() {
			throw new AssertionError("ran without its driver");
		}

	}

}
