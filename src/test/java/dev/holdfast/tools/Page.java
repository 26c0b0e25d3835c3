package dev.holdfast.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operator's page on tools. What is indented in it are lines for a shell.
 */
final class Page {

	private static final String INDENT = "    ";

	private static final String HEADING = "## ";

	private final Map<String, String> sections = new LinkedHashMap<>();

	private Page(List<String> lines) {
		String title = "";
		for (String line : lines) {
			if (line.startsWith(HEADING)) {
				title = line.substring(HEADING.length());
			}
			else if (line.startsWith(INDENT)) {
				this.sections.merge(title, line.substring(INDENT.length()) + "\n", String::concat);
			}
		}
	}

	static Page read() throws IOException {
		return new Page(Files.readAllLines(Path.of("src/docs/tools.md")));
	}

	/**
	 * Titles of the sections that have lines for a shell.
	 */
	List<String> titles() {
		return List.copyOf(this.sections.keySet());
	}

	/**
	 * All lines of a section as one script.
	 */
	String section(String title) {
		String script = this.sections.get(title);
		if (script == null) {
			throw new IllegalArgumentException("The page has no section " + title + " with lines for a shell");
		}
		return script;
	}

}
