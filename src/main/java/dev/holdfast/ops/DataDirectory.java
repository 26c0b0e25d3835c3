package dev.holdfast.ops;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;

/**
 * The directory that one running service has for itself.
 */
public final class DataDirectory implements AutoCloseable {

	/** Where it is unless somebody says so. */
	static final String DEFAULT = "./data";

	/** The name of the catalog in it. */
	static final String CATALOG = "catalog.db";

	private final Path path;

	private final FileChannel lock;

	private DataDirectory(Path path, FileChannel lock) {
		this.path = path;
		this.lock = lock;
	}

	/**
	 * Makes the directory if need be, and takes it.
	 * @throws StartRefusedException if it cannot be used, is on a network file system, or
	 * another service has it
	 */
	public static DataDirectory open(Path path) {
		NetworkFileSystem.refuse(path);
		try {
			if (!Files.isDirectory(path)) {
				Files.createDirectories(path,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			}
			FileChannel lock = FileChannel.open(path.resolve("holdfast.lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE);
			if (!isTaken(lock)) {
				lock.close();
				throw inUse(path, null);
			}
			return new DataDirectory(path, lock);
		}
		catch (OverlappingFileLockException ex) {
			throw inUse(path, ex);
		}
		catch (IOException ex) {
			throw new StartRefusedException("The data directory %s cannot be used: %s".formatted(path, reason(ex)),
					"Make it writable, or write another one as holdfast.data-directory.", ex);
		}
	}

	private static boolean isTaken(FileChannel lock) throws IOException {
		try {
			return lock.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			lock.close();
			throw ex;
		}
	}

	private static StartRefusedException inUse(Path path, @Nullable Exception cause) {
		return new StartRefusedException("Another Holdfast is using the data directory %s.".formatted(path),
				"Stop it, or write another directory as holdfast.data-directory.", cause);
	}

	private static String reason(IOException ex) {
		return ex.getClass().getSimpleName() + " " + ex.getMessage();
	}

	public Path path() {
		return this.path;
	}

	Path file(String name) {
		return this.path.resolve(name);
	}

	@Override
	public void close() throws IOException {
		this.lock.close();
	}

}
