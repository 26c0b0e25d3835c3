package dev.holdfast.ops;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;

import dev.holdfast.audit.AuditLog;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.CatalogException;
import dev.holdfast.tenant.Token;
import dev.holdfast.tenant.Tokens;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import org.springframework.boot.logging.LoggingSystem;

/**
 * {@code admin-token}: makes an administrator's token without the service. It is written
 * to a file that only its owner reads, and never shown.
 */
@Command(name = "admin-token")
public final class AdminTokenCommand implements Callable<Integer> {

	private static final int FAILED = 1;

	private static final int MISUSED = 2;

	private static final String USAGE = "write: admin-token --reset [--data-directory=DIR], or admin-token --new=FILE";

	private final PrintStream out;

	private final PrintStream err;

	@Option(names = "--reset")
	private boolean reset;

	@Option(names = "--new", paramLabel = "FILE")
	private @Nullable Path file;

	@Option(names = { "--data-directory", "--holdfast.data-directory" }, paramLabel = "DIR")
	private Path directory = Path.of(DataDirectory.DEFAULT);

	private AdminTokenCommand(PrintStream out, PrintStream err) {
		this.out = out;
		this.err = err;
	}

	/**
	 * Runs it.
	 * @param args what to do, and its options
	 * @param out where it says what it has done
	 * @param err where a refusal is explained
	 * @return the exit status
	 */
	public static int run(String[] args, PrintStream out, PrintStream err) {
		CommandLine line = new CommandLine(new AdminTokenCommand(out, err));
		line.setParameterExceptionHandler((ex, given) -> {
			err.println(ex.getMessage() + "; " + USAGE);
			return MISUSED;
		});
		return line.execute(args);
	}

	@Override
	public Integer call() {
		Path target = this.file;
		if (this.reset == (target != null)) {
			this.err.println("Either --reset or --new; " + USAGE);
			return MISUSED;
		}
		try {
			return (target != null) ? make(target) : reset();
		}
		catch (StartRefusedException ex) {
			this.err.println(ex.getMessage() + " " + ex.action());
			return FAILED;
		}
		catch (CatalogException ex) {
			this.err.println(ex.getMessage());
			return FAILED;
		}
		catch (IOException ex) {
			this.err
				.println("The token was not written: %s %s".formatted(ex.getClass().getSimpleName(), ex.getMessage()));
			return FAILED;
		}
	}

	private int make(Path target) throws IOException {
		if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
			this.err.println("%s is there already: write another name for the token's file.".formatted(target));
			return FAILED;
		}
		new HeaderFile(target).write(Token.random());
		this.out.println("A token is in %s: write that as holdfast.admin-token-file, and use it with curl -H @%s"
			.formatted(target, target));
		return 0;
	}

	private int reset() throws IOException {
		if (!Files.isRegularFile(this.directory.resolve(DataDirectory.CATALOG))) {
			this.err.println("There is no %s in %s; write the service's own directory as --data-directory=DIR."
				.formatted(DataDirectory.CATALOG, this.directory));
			return FAILED;
		}
		// Nothing is set up that would know what to log, and at what level.
		LoggingSystem.get(getClass().getClassLoader()).beforeInitialize();
		try (DataDirectory taken = DataDirectory.open(this.directory);
				Catalog catalog = Catalog.open(taken.file(DataDirectory.CATALOG))) {
			Clock clock = Clock.systemUTC();
			Path written = AdministratorToken.reset(taken, new Tokens(catalog, clock), new AuditLog(catalog, clock));
			this.out.println("The administrator's token is in %s; the one before has ended.".formatted(written));
			return 0;
		}
	}

}
