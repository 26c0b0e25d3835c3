package dev.holdfast.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link RequiresQemuDriver}. */
final class QemuDriverCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		Optional<String> missing = AnnotationSupport.findAnnotation(context.getElement(), RequiresQemuDriver.class)
			.map(RequiresQemuDriver::value)
			.filter((protocol) -> !isThere(protocol));
		if (missing.isEmpty()) {
			return ConditionEvaluationResult.enabled("the driver is there");
		}
		return Requirement.missing(context, "QEMU has no driver for " + missing.get()
				+ ": install qemu-img and its drivers (qemu-utils and qemu-block-extra)");
	}

	/** A protocol that QEMU knows fails for another reason: nobody listens there. */
	static boolean isThere(String protocol) {
		Optional<Path> program = ToolCondition.find("qemu-img");
		if (program.isEmpty()) {
			return false;
		}
		try {
			Process process = new ProcessBuilder(program.get().toString(), "info", protocol + "://127.0.0.1:1/")
				.redirectErrorStream(true)
				.start();
			String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			process.waitFor();
			return !said.contains("Unknown protocol");
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
