package dev.holdfast.ops;

import java.nio.file.Path;

/**
 * Four lines to paste into a shell: make a volume, write a file into it, read it back,
 * compare.
 */
final class DemoLines {

	private final Path header;

	private final Path directory;

	private final String port;

	/**
	 * Lines for a shell.
	 * @param header the file that has the token
	 * @param directory where the shell is
	 * @param port of the HTTP face
	 */
	DemoLines(Path header, Path directory, String port) {
		this.header = header;
		this.directory = directory;
		this.port = port;
	}

	String text() {
		Path back = this.header.resolveSibling("README.back");
		return """

				Holdfast is ready. Paste these into another shell, in %1$s:

				  curl --fail-with-body -sS -H @%2$s -X PUT http://127.0.0.1:%4$s/v1/tenants/demo/volumes/v1 -H 'content-type: application/json' -d '{"sizeBytes":"64MiB"}' -w '\\n'
				  curl --fail-with-body -sS -H @%2$s -T README.md 'http://127.0.0.1:%4$s/v1/tenants/demo/volumes/v1/data?offset=0'
				  curl --fail-with-body -sS -H @%2$s -r 0-$(($(stat -c%%s README.md)-1)) -o %3$s http://127.0.0.1:%4$s/v1/tenants/demo/volumes/v1/data
				  cmp README.md %3$s && echo the same
				"""
			.formatted(this.directory, shown(this.header), shown(back), this.port);
	}

	private String shown(Path path) {
		Path absolute = path.toAbsolutePath().normalize();
		Path shown = absolute.startsWith(this.directory) ? this.directory.relativize(absolute) : absolute;
		return shown.toString();
	}

}
