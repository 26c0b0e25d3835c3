package dev.holdfast.ops;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.catalog.CatalogBackup;
import dev.holdfast.catalog.CatalogException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code catalog}: what can be done with the catalog from outside of the service, which
 * may be running. Says nothing when all is well, and one sentence otherwise.
 */
@Command(name = "catalog")
public final class CatalogCommand {

	private static final int FAILED = 1;

	private static final int MISUSED = 2;

	private final PrintStream err;

	private CatalogCommand(PrintStream err) {
		this.err = err;
	}

	/**
	 * Runs it.
	 * @param args what to do, and its options
	 * @param err where a refusal is explained
	 * @return the exit status
	 */
	public static int run(String[] args, PrintStream err) {
		CommandLine line = new CommandLine(new CatalogCommand(err));
		line.setParameterExceptionHandler((ex, given) -> {
			err.println(ex.getMessage() + "; write: catalog backup FILE [--data-directory=DIR]");
			return MISUSED;
		});
		return line.execute(args);
	}

	@Command(name = "backup")
	int backup(@Parameters(paramLabel = "FILE") Path file,
			@Option(paramLabel = "DIR", names = { "--data-directory", "--holdfast.data-directory" },
					defaultValue = DataDirectory.DEFAULT) Path directory) {
		Path catalog = directory.resolve(DataDirectory.CATALOG);
		if (!Files.isRegularFile(catalog)) {
			this.err.println("There is no %s to read in %s; write the service's own directory as --data-directory=DIR."
				.formatted(DataDirectory.CATALOG, directory));
			return FAILED;
		}
		try {
			CatalogBackup.write(catalog, file);
			return 0;
		}
		catch (CatalogException ex) {
			this.err.println(ex.getMessage());
			return FAILED;
		}
	}

}
