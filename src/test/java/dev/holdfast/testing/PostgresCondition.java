package dev.holdfast.testing;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Behind {@link RequiresPostgres}. */
final class PostgresCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return obstacle(programs(), ToolCondition.find("setpriv"))
			.map((obstacle) -> Requirement.missing(context, obstacle))
			.orElseGet(() -> ConditionEvaluationResult.enabled("PostgreSQL is there"));
	}

	static Optional<String> obstacle(Optional<Path> programs, Optional<Path> setpriv) {
		if (programs.isEmpty()) {
			return Optional.of("it needs a PostgreSQL server: install one, Debian's package is postgresql. "
					+ "It need not run; the tests start one for themselves");
		}
		return setpriv.isEmpty() ? Optional.of("it needs setpriv: install util-linux") : Optional.empty();
	}

	static Optional<Path> programs() {
		return PostgresServer.programs(System.getenv().getOrDefault("PATH", ""), Path.of("/usr/lib/postgresql"));
	}

}
