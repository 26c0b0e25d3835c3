package dev.holdfast.testing;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What happens to a test whose requirement is missing. On a developer's machine it is
 * skipped, and the reason is printed. In continuous integration nothing may be skipped
 * unseen, so there it fails: {@code -Dholdfast.ci=true}.
 */
final class Requirement {

	private Requirement() {
	}

	static ConditionEvaluationResult missing(ExtensionContext context, String reason) {
		String message = context.getDisplayName() + " cannot run: " + reason + ".";
		// A configuration parameter falls back to the system property of that name.
		if (context.getConfigurationParameter("holdfast.ci", Boolean::parseBoolean).orElse(false)) {
			throw new AssertionError(message);
		}
		System.out.println("Skipped: " + message);
		return ConditionEvaluationResult.disabled(message);
	}

}
