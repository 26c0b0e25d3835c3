package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of the machine's package, with a data directory, a port of the
 * loopback interface and a password of its own. It keeps nothing, so it syncs nothing. It
 * stops with this process, however that ends.
 */
final class PostgresServer implements AutoCloseable {

	private static final String USER = "holdfast";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int ATTEMPTS = 5;

	/** Who runs it when the tests are root's: it refuses to be. The package brings it. */
	private static final String SYSTEM_USER = "postgres";

	private final String password = UUID.randomUUID().toString();

	private final AtomicInteger schemas = new AtomicInteger();

	/** The kernel stops the server when the thread that started it has ended. */
	private final ExecutorService parent = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("postgres-parent").factory());

	private final Path programs;

	private final Path directory;

	private int port;

	private PostgresServer(Path programs, Path directory) {
		this.programs = programs;
		this.directory = directory;
	}

	/**
	 * Where the server's programs are. Debian has them beside the path, in a directory
	 * for each release.
	 * @param path as in the environment
	 * @param releases directory of those directories
	 * @return the one on the path, or the newest
	 */
	static Optional<Path> programs(String path, Path releases) {
		List<Path> found = new ArrayList<>();
		ToolCondition.find("initdb", path).map(Path::getParent).ifPresent(found::add);
		if (Files.isDirectory(releases)) {
			try (Stream<Path> each = Files.list(releases)) {
				each.filter((release) -> release.getFileName().toString().matches("[0-9]{1,9}"))
					.sorted(Comparator.comparing((Path release) -> Integer.valueOf(release.getFileName().toString()))
						.reversed())
					.map((release) -> release.resolve("bin"))
					.forEach(found::add);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return found.stream()
			.filter((each) -> Stream.of("initdb", "postgres", "pg_ctl")
				.allMatch((program) -> Files.isExecutable(each.resolve(program))))
			.findFirst();
	}

	static PostgresServer start(Path programs) {
		try {
			PostgresServer server = new PostgresServer(programs, Files.createTempDirectory("holdfast-postgres-"));
			try {
				server.initialise();
				server.listen();
				return server;
			}
			catch (IOException | RuntimeException ex) {
				server.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void initialise() throws IOException {
		Path secret = Files.writeString(this.directory.resolve("password"), this.password);
		if (RootCondition.isRoot()) {
			for (Path path : List.of(secret, this.directory)) {
				Files.setOwner(path,
						path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(SYSTEM_USER));
			}
		}
		// A JVM that has just started is slow at what SCRAM asks of every connection.
		run("initdb", "--pgdata=" + data(), "--username=" + USER, "--pwfile=" + secret, "--auth=md5", "--encoding=UTF8",
				"--no-locale", "--no-sync", "--no-instructions");
	}

	/** Somebody else may take the port before the server does. */
	private void listen() throws IOException {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			this.port = freePort();
			Process server = launch("postgres", "-D", data().toString(), "-F", "-p", Integer.toString(this.port), "-c",
					"listen_addresses=127.0.0.1", "-c", "unix_socket_directories=");
			Awaitility.await().atMost(PATIENCE).until(() -> !server.isAlive() || ready());
			if (server.isAlive()) {
				return;
			}
		}
		throw new IllegalStateException("PostgreSQL did not start: " + Files.readString(log("postgres")));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/** As pg_ctl finds it out: the last line of this file is the state of the server. */
	private boolean ready() throws IOException {
		try {
			return Files.readString(data().resolve("postmaster.pid")).stripTrailing().endsWith("ready");
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	/**
	 * Makes a schema, which takes less time than a database.
	 * @return empty
	 */
	PostgresSchema schema() {
		String name = "test" + this.schemas.incrementAndGet();
		PGSimpleDataSource writers = source(name);
		JdbcClient.create(writers).sql("CREATE SCHEMA " + name).update();
		PGSimpleDataSource readers = source(name);
		readers.setReadOnly(true);
		readers.setReadOnlyMode("always");
		return new PostgresSchema(writers, readers);
	}

	private PGSimpleDataSource source(String schema) {
		PGSimpleDataSource source = new PGSimpleDataSource();
		source.setServerNames(new String[] { "127.0.0.1" });
		source.setPortNumbers(new int[] { this.port });
		source.setDatabaseName("postgres");
		source.setCurrentSchema(schema);
		source.setUser(USER);
		source.setPassword(this.password);
		return source;
	}

	private void run(String program, String... arguments) throws IOException {
		try {
			if (launch(program, arguments).waitFor() != 0) {
				throw new IllegalStateException(program + ": " + Files.readString(log(program)));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private Process launch(String program, String... arguments) {
		List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig=INT"));
		if (RootCondition.isRoot()) {
			command.addAll(List.of("--reuid=" + SYSTEM_USER, "--regid=" + SYSTEM_USER, "--clear-groups"));
		}
		command.addAll(List.of("--", this.programs.resolve(program).toString()));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log(program).toFile());
		builder.environment().keySet().removeIf((name) -> name.startsWith("PG"));
		return CompletableFuture.supplyAsync(() -> {
			try {
				return builder.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, this.parent).join();
	}

	private Path data() {
		return this.directory.resolve("data");
	}

	private Path log(String program) {
		return this.directory.resolve(program + ".log");
	}

	@Override
	public void close() {
		try {
			if (Files.exists(data().resolve("postmaster.pid"))) {
				run("pg_ctl", "stop", "--pgdata=" + data(), "--mode=fast", "--silent");
			}
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.parent.shutdown();
		}
	}

}
