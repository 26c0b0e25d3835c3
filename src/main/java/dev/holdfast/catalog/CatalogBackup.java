package dev.holdfast.catalog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Copies a catalog, whether a service is using it or not: what was committed before the
 * copy began is in it. The catalog itself is only read; SQLite may leave an empty log and
 * its index beside it, which the next start takes over.
 * <p>
 * The copy is made beside its place by {@code VACUUM INTO}, which takes an empty file for
 * a new one, and gets its name last: a file of that name is whole, checked and durable.
 */
public final class CatalogBackup {

	private CatalogBackup() {
	}

	/**
	 * Makes a copy that only its owner can read. Nothing is left of one that failed.
	 * @param catalog the file to copy
	 * @param target where there is no file yet
	 * @throws CatalogException with a sentence that says what is wrong
	 */
	public static void write(Path catalog, Path target) {
		Path directory = target.toAbsolutePath().getParent();
		if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
			throw exists(target);
		}
		if (directory == null || !Files.isDirectory(directory)) {
			throw new CatalogException("There is no directory %s to write the backup in.".formatted(directory));
		}
		try {
			Path part = Files.createTempFile(directory, target.getFileName() + ".", ".part",
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			try {
				copy(catalog, part);
				check(catalog, part);
				sync(part, StandardOpenOption.WRITE);
				publish(part, target, directory);
			}
			finally {
				Files.deleteIfExists(part);
				Files.deleteIfExists(part.resolveSibling(part.getFileName() + "-journal"));
			}
		}
		catch (FileAlreadyExistsException ex) {
			throw exists(target);
		}
		catch (IOException | SQLException ex) {
			throw new CatalogException("The catalog %s was not backed up: %s %s".formatted(catalog,
					ex.getClass().getSimpleName(), ex.getMessage()), ex);
		}
	}

	private static void copy(Path catalog, Path part) throws SQLException {
		try (Connection source = Catalog.source(catalog, true).getConnection();
				PreparedStatement vacuum = source.prepareStatement("VACUUM INTO ?")) {
			vacuum.setString(1, part.toString());
			vacuum.execute();
		}
	}

	private static void check(Path catalog, Path part) throws SQLException {
		try (Connection copy = Catalog.source(part, true).getConnection()) {
			String found = first(copy, "PRAGMA integrity_check");
			if (!found.equals("ok")) {
				throw new CatalogException("The catalog %s is damaged and was not backed up: %s".formatted(catalog,
						found.replace('\n', ' ')));
			}
			if (first(copy, "SELECT count(*) FROM sqlite_schema WHERE name = 'flyway_schema_history'").equals("0")) {
				throw new CatalogException("%s is a database, and no catalog of Holdfast.".formatted(catalog));
			}
		}
	}

	private static String first(Connection connection, String query) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
			return row.next() ? row.getString(1) : "";
		}
	}

	/** Never in the place of another file: without options, a move does not replace. */
	private static void publish(Path part, Path target, Path directory) throws IOException {
		Files.move(part, target);
		try {
			sync(directory, StandardOpenOption.READ);
		}
		catch (IOException ex) {
			Files.delete(target);
			throw ex;
		}
	}

	private static void sync(Path path, StandardOpenOption option) throws IOException {
		try (FileChannel file = FileChannel.open(path, option)) {
			file.force(true);
		}
	}

	private static CatalogException exists(Path target) {
		return new CatalogException("%s is there already: write another name for the backup.".formatted(target));
	}

}
