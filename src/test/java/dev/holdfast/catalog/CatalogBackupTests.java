package dev.holdfast.catalog;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CatalogBackupTests {

	@TempDir
	Path directory;

	private Path file;

	private Path copy;

	@BeforeEach
	void name() throws Exception {
		this.file = Files.createDirectory(this.directory.resolve("data")).resolve("catalog.db");
		this.copy = Files.createDirectory(this.directory.resolve("backups")).resolve("copy.db");
	}

	@Test
	void shouldHoldAllThatWasCommittedBeforeWhileOthersWrite() {
		AtomicInteger committed = new AtomicInteger();
		AtomicBoolean enough = new AtomicBoolean();
		try (Catalog catalog = Catalog.open(this.file)) {
			CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
				while (!enough.get()) {
					int next = committed.get();
					catalog.write((client) -> insert(client, next));
					committed.incrementAndGet();
				}
			});
			for (int i = 1; i <= 5; i++) {
				int wanted = 200 * i;
				Awaitility.await().until(() -> committed.get() >= wanted);
				Path target = this.copy.resolveSibling("copy" + i);
				int before = committed.get();
				CatalogBackup.write(this.file, target);
				List<Integer> found = tenants(target);
				assertThat(found).hasSizeGreaterThanOrEqualTo(before)
					.isEqualTo(IntStream.range(0, found.size()).boxed().toList());
			}
			assertThat(writing).isNotDone();
			enough.set(true);
			writing.join();
		}
		assertThat(tenants(this.file)).hasSize(committed.get());
	}

	@Test
	void shouldHoldAllThatWasCommittedByAServiceThatWasKilled() throws Exception {
		Path killed = this.directory.resolve("killed");
		try (Catalog catalog = Catalog.open(this.file)) {
			IntStream.range(0, 100).forEach((i) -> catalog.write((client) -> insert(client, i)));
			// What is there without a clean close. Not with this process's own hands: to
			// close the file
			// would give up SQLite's locks on it.
			assertThat(new ProcessBuilder("cp", "-r", this.file.getParent().toString(), killed.toString()).start()
				.waitFor()).isZero();
		}
		assertThat(killed.resolve("catalog.db-wal")).isNotEmptyFile();
		CatalogBackup.write(killed.resolve("catalog.db"), this.copy);
		assertThat(tenants(this.copy)).hasSize(100);
	}

	@Test
	void shouldOnlyReadTheCatalog() throws Exception {
		Flyway.configure()
			.dataSource(Catalog.source(this.file, false))
			.locations("classpath:db/migration")
			.target("1")
			.load()
			.migrate();
		byte[] before = Files.readAllBytes(this.file);
		CatalogBackup.write(this.file, this.copy);
		assertThat(Files.readAllBytes(this.file)).isEqualTo(before);
		assertThat(version(this.copy)).isOne();
		Catalog.open(this.copy).close();
		assertThat(version(this.copy)).isGreaterThan(1);
	}

	@Test
	void shouldBeForItsOwnerOnly() throws Exception {
		Catalog.open(this.file).close();
		CatalogBackup.write(this.file, this.copy);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.copy))).isEqualTo("rw-------");
		assertThat(backups()).containsExactly("copy.db");
	}

	@Test
	void shouldNotReplaceAnything() throws Exception {
		Catalog.open(this.file).close();
		Files.writeString(this.copy, "somebody's");
		assertRefused("copy.db is there already");
		assertThat(this.copy).hasContent("somebody's");
		Files.delete(this.copy);
		Files.createFile(this.copy);
		assertRefused("copy.db is there already");
		Files.delete(this.copy);
		Files.createSymbolicLink(this.copy, this.directory.resolve("nowhere"));
		assertRefused("copy.db is there already");
		assertThat(backups()).containsExactly("copy.db");
		assertThat(this.directory.resolve("nowhere")).doesNotExist();
	}

	@Test
	void shouldRefuseADirectoryThatIsNotThere() {
		Catalog.open(this.file).close();
		this.copy = this.directory.resolve("nowhere/copy.db");
		assertRefused("There is no directory " + this.copy.getParent());
		assertThat(this.copy.getParent()).doesNotExist();
	}

	@Test
	void shouldRefuseACatalogThatIsNotThere() throws Exception {
		assertRefused("was not backed up");
		assertThat(backups()).isEmpty();
		assertThat(this.file).doesNotExist();
	}

	@Test
	void shouldRefuseWhatIsNoCatalog() throws Exception {
		Files.createFile(this.file);
		assertRefused("no catalog of Holdfast");
		try (Connection other = raw(); Statement statement = other.createStatement()) {
			statement.execute("CREATE TABLE something (else_entirely INTEGER)");
		}
		assertRefused("no catalog of Holdfast");
		Files.writeString(this.file, "not a database at all, and long enough to be looked at");
		assertRefused("was not backed up");
		assertThat(backups()).isEmpty();
	}

	@Test
	void shouldLeaveNothingOfACatalogThatCannotBeRead() throws Exception {
		try (Catalog catalog = Catalog.open(this.file)) {
			IntStream.range(0, 2000).forEach((i) -> catalog.write((client) -> insert(client, i)));
		}
		try (RandomAccessFile bytes = new RandomAccessFile(this.file.toFile(), "rw")) {
			for (long offset = 4096; offset < bytes.length(); offset += 4096) {
				bytes.seek(offset);
				bytes.write(new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
			}
		}
		assertRefused("was not backed up");
		assertThat(backups()).isEmpty();
	}

	@Test
	void shouldLeaveNothingOfACopyThatIsNotSound() throws Exception {
		Catalog.open(this.file).close();
		try (Connection catalog = raw(); Statement statement = catalog.createStatement()) {
			statement.execute("CREATE TABLE promises (kept INTEGER)");
			statement.execute("INSERT INTO promises VALUES (NULL)");
			statement.execute("PRAGMA writable_schema = ON");
			statement.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE promises (kept INTEGER NOT NULL)' "
					+ "WHERE name = 'promises'");
		}
		assertRefused("is damaged and was not backed up: NULL value in promises.kept");
		assertThat(backups()).isEmpty();
	}

	private void assertRefused(String sentence) {
		assertThatExceptionOfType(CatalogException.class).isThrownBy(() -> CatalogBackup.write(this.file, this.copy))
			.withMessageContaining(sentence)
			.satisfies((ex) -> assertThat(ex.getMessage()).hasLineCount(1));
	}

	private List<String> backups() throws Exception {
		try (Stream<Path> files = Files.list(this.directory.resolve("backups"))) {
			return files.map((path) -> path.getFileName().toString()).toList();
		}
	}

	private Connection raw() throws Exception {
		return DriverManager.getConnection("jdbc:sqlite:" + this.file);
	}

	private static int insert(JdbcClient client, int number) {
		return client.sql("INSERT INTO tenants (name, created_at) VALUES (:name, :number)")
			.param("name", "t" + number)
			.param("number", number)
			.update();
	}

	private static List<Integer> tenants(Path file) {
		try (Catalog catalog = Catalog.open(file)) {
			return catalog.read((client) -> client.sql("SELECT created_at FROM tenants ORDER BY created_at")
				.query(Integer.class)
				.list());
		}
	}

	private static int version(Path file) {
		return JdbcClient.create(Catalog.source(file, true))
			.sql("SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history")
			.query(Integer.class)
			.single();
	}

}
