package dev.holdfast.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Behind {@link RequiresTool}. */
final class ToolCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		List<String> missing = AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class)
			.map((annotation) -> Stream.of(annotation.value()).filter((tool) -> find(tool).isEmpty()).toList())
			.orElseGet(List::of);
		if (missing.isEmpty()) {
			return ConditionEvaluationResult.enabled("the tools are there");
		}
		String tools = String.join(", ", missing);
		return Requirement.missing(context, "it needs " + tools + ": install what provides " + tools);
	}

	static Optional<Path> find(String tool) {
		return find(tool, System.getenv().getOrDefault("PATH", ""));
	}

	/** Tools for root are often there and not on the path. */
	static Optional<Path> find(String tool, String path) {
		return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin"))
			.filter((directory) -> !directory.isEmpty())
			.map((directory) -> Path.of(directory, tool))
			.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file))
			.findFirst();
	}

}
