package dev.holdfast.catalog;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The embedded database: SQLite with a write-ahead log and full synchronisation, so that
 * what was answered survives a power cut.
 * <p>
 * All writes go through one connection that belongs to one platform thread, each in a
 * transaction that takes the write lock at its beginning: SQLite fails a transaction that
 * reads first and writes later, whatever the busy time-out. Reads have a connection of
 * their own and never wait for a writer. Nothing on the data path comes here; callers
 * keep what they need in memory.
 */
public final class Catalog implements AutoCloseable {

	private static final Duration BUSY = Duration.ofSeconds(5);

	private static final Duration CLOSING = Duration.ofSeconds(10);

	private final ExecutorService writer = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().name("catalog-writer").factory());

	private final DataSource readers;

	private final SingleConnectionDataSource connection;

	private final JdbcClient client;

	private final TransactionTemplate transaction;

	private Catalog(DataSource writers, DataSource readers) throws SQLException {
		this.readers = readers;
		Connection opened = writers.getConnection();
		this.connection = new SingleConnectionDataSource(opened, true);
		this.client = JdbcClient.create(this.connection);
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(this.connection));
	}

	/**
	 * Opens the database, makes it if it is not there, and brings it up to date.
	 * @param file where it is
	 * @return the open catalog
	 * @throws CatalogException if that is not possible
	 */
	public static Catalog open(Path file) {
		CatalogFile.protect(file);
		return open(source(file, false), source(file, true));
	}

	/**
	 * Opens a database of any kind that knows the migrations' SQL. What SQLite needs to
	 * be told is told by {@link #source}.
	 */
	static Catalog open(DataSource writers, DataSource readers) {
		try {
			CatalogFormat.require(writers);
			Flyway.configure().dataSource(writers).locations("classpath:db/migration").load().migrate();
			return new Catalog(writers, readers);
		}
		catch (CatalogException ex) {
			throw ex;
		}
		catch (SQLException | RuntimeException ex) {
			throw new CatalogException("The catalog cannot be opened: " + ex.getMessage(), ex);
		}
	}

	static SQLiteDataSource source(Path file, boolean readOnly) {
		SQLiteConfig config = new SQLiteConfig();
		if (!readOnly) {
			config.setJournalMode(SQLiteConfig.JournalMode.WAL);
			config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
			config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
		}
		config.setBusyTimeout((int) BUSY.toMillis());
		config.enforceForeignKeys(true);
		config.setReadOnly(readOnly);
		SQLiteDataSource source = new SQLiteDataSource(config);
		source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
		return source;
	}

	/**
	 * Changes something, in a transaction of its own. Waits until it is durable.
	 * @param <T> what it answers
	 * @param work what to do; what it throws undoes all of it
	 * @return what the work returned
	 */
	public <T> T write(Function<JdbcClient, T> work) {
		CompletableFuture<T> done = CompletableFuture
			.supplyAsync(() -> this.transaction.execute((status) -> work.apply(this.client)), this.writer);
		try {
			return done.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	/**
	 * Reads something, as of the last change that was committed.
	 * @param <T> what it answers
	 * @param work what to do
	 * @return what the work returned
	 */
	public <T> T read(Function<JdbcClient, T> work) {
		return work.apply(JdbcClient.create(this.readers));
	}

	@Override
	public void close() {
		this.writer.shutdown();
		try {
			if (!this.writer.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.connection.destroy();
	}

}
