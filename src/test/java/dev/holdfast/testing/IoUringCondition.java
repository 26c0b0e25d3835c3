package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Behind {@link RequiresIoUring}. */
final class IoUringCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return obstacle(Path.of("/proc/sys/kernel/io_uring_disabled"), RootCondition.isRoot())
			.map((obstacle) -> Requirement.missing(context, obstacle))
			.orElseGet(() -> ConditionEvaluationResult.enabled("io_uring is allowed"));
	}

	/**
	 * What stands in the way of a ring. The setting exists since Linux 6.6: 0 allows
	 * rings to all, 1 to privileged processes, 2 to nobody.
	 */
	static Optional<String> obstacle(Path setting, boolean root) {
		if (!Files.exists(setting)) {
			return Optional.empty();
		}
		String value = read(setting);
		if (value.equals("0") || (value.equals("1") && root)) {
			return Optional.empty();
		}
		return Optional.of("it needs io_uring, and kernel.io_uring_disabled is " + value
				+ ": run 'sysctl kernel.io_uring_disabled=0'" + (value.equals("1") ? " or the build as root" : ""));
	}

	private static String read(Path setting) {
		try {
			return Files.readString(setting).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
