package dev.holdfast.catalog;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The files of the catalog are their owner's alone, whatever the directory and the umask
 * allow. SQLite gives a log the permissions of its database.
 */
final class CatalogFile {

	private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

	private CatalogFile() {
	}

	/**
	 * Makes the database if it is not there, empty, and mends the permissions of what is.
	 * @throws CatalogException if that is not possible
	 */
	static void protect(Path file) {
		try {
			create(file);
			for (String suffix : List.of("", "-wal", "-shm")) {
				Path each = file.resolveSibling(file.getFileName() + suffix);
				if (Files.exists(each) && !Files.getPosixFilePermissions(each).equals(PRIVATE)) {
					Files.setPosixFilePermissions(each, PRIVATE);
				}
			}
		}
		catch (IOException ex) {
			throw new CatalogException("The catalog cannot be opened: " + ex.getMessage(), ex);
		}
	}

	private static void create(Path file) throws IOException {
		try {
			Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE));
		}
		catch (FileAlreadyExistsException ex) {
			// It stays as it is.
		}
	}

}
