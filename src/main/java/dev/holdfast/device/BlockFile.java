package dev.holdfast.device;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

import dev.holdfast.contract.Problem;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * A regular file or block device, opened once for direct I/O and for us alone:
 * {@code O_EXCL} on a block device (the kernel refuses a mounted one), {@code flock} on a
 * regular file. The engine does I/O on its descriptor and does not own it: close it only
 * after {@code IoEngine.detach} has completed.
 */
public final class BlockFile implements AutoCloseable {

	/** Block size of regular files, whatever is under their file system. */
	public static final int FILE_BLOCK_SIZE = 4096;

	private static final long RETRY_MILLIS = 100;

	private final Path path;

	private final int descriptor;

	private final boolean blockDevice;

	private final int blockSize;

	private final long size;

	private BlockFile(Path path, int descriptor, boolean blockDevice) throws ErrnoException {
		this(path, descriptor, blockDevice, blockDevice ? Posix.logicalBlockSize(descriptor) : FILE_BLOCK_SIZE,
				Posix.size(descriptor));
	}

	/**
	 * A descriptor of which everything is known.
	 */
	BlockFile(Path path, int descriptor, boolean blockDevice, int blockSize, long size) {
		this.path = path;
		this.descriptor = descriptor;
		this.blockDevice = blockDevice;
		this.blockSize = blockSize;
		this.size = size / blockSize * blockSize;
	}

	/**
	 * Opens what is there. While another program has it, it is tried again: the kernel
	 * may keep a killed process's open until its last I/O ends.
	 * @param path of a regular file or a block device
	 * @param patience for how long to try again
	 * @return the open file
	 * @throws DeviceException if it is missing, not a file or block device, in use, or
	 * not allowed
	 */
	public static BlockFile open(Path path, Duration patience) throws DeviceException {
		if (!Files.exists(path)) {
			throw new DeviceException(Problem.DEVICE_NOT_ONLINE,
					"there is nothing at its path: create it first, or correct the path");
		}
		if (Files.isDirectory(path)) {
			throw new DeviceException(Problem.NOT_SUPPORTED,
					"its path is a directory: name a block device or a regular file");
		}
		// Not a regular file, and not a directory: the kernel says below if it is no
		// block
		// device either.
		boolean blockDevice = !Files.isRegularFile(path);
		long end = System.nanoTime() + patience.toNanos();
		while (true) {
			try {
				return tryOpen(path, blockDevice);
			}
			catch (ErrnoException ex) {
				boolean busy = ex.errno() == Errno.EBUSY || (!blockDevice && ex.errno() == Errno.EAGAIN);
				if (!busy || System.nanoTime() - end >= 0) {
					throw explain(path, ex);
				}
			}
			pause();
		}
	}

	/**
	 * Makes a new regular file, which has no data, only a hole, and opens it.
	 * @param path where nothing is yet
	 * @param size in bytes, a multiple of 4096
	 * @return the open file
	 * @throws DeviceException if it cannot be made
	 */
	public static BlockFile create(Path path, long size) throws DeviceException {
		try {
			int descriptor = Posix.open(path, Posix.O_RDWR | Posix.O_DIRECT | Posix.O_CREAT | Posix.O_EXCL);
			try {
				Posix.flock(descriptor, Posix.LOCK_EX | Posix.LOCK_NB);
				Posix.truncate(descriptor, size);
				return new BlockFile(path, descriptor, false);
			}
			catch (ErrnoException ex) {
				Posix.close(descriptor);
				throw ex;
			}
		}
		catch (ErrnoException ex) {
			throw explain(path, ex);
		}
	}

	private static BlockFile tryOpen(Path path, boolean blockDevice) throws ErrnoException {
		int flags = Posix.O_RDWR | Posix.O_DIRECT | (blockDevice ? Posix.O_EXCL : 0);
		int descriptor = Posix.open(path, flags);
		try {
			if (!blockDevice) {
				Posix.flock(descriptor, Posix.LOCK_EX | Posix.LOCK_NB);
			}
			return new BlockFile(path, descriptor, blockDevice);
		}
		catch (ErrnoException ex) {
			Posix.close(descriptor);
			throw ex;
		}
	}

	private static void pause() throws DeviceException {
		try {
			Thread.sleep(RETRY_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new DeviceException(Problem.IN_USE, "the wait for another program to let go of it was interrupted",
					ex);
		}
	}

	private static DeviceException explain(Path path, ErrnoException cause) {
		Problem problem = switch (cause.errno()) {
			case Errno.EBUSY, Errno.EAGAIN -> Problem.IN_USE;
			case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV -> Problem.DEVICE_NOT_ONLINE;
			case Errno.EEXIST -> Problem.ALREADY_EXISTS;
			case Errno.EIO -> Problem.IO_ERROR;
			default -> Problem.NOT_SUPPORTED;
		};
		String advice = switch (cause.errno()) {
			case Errno.EBUSY, Errno.EAGAIN ->
				"it is mounted or in use by another program: unmount it, or stop the program";
			case Errno.EACCES,
					Errno.EPERM ->
				"it may not be opened: give the user of the service read and write access to it"
						+ (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? ""
								: " (in a container also a device rule)");
			case Errno.ENOENT -> "it cannot be made: its directory does not exist";
			case Errno.EEXIST -> "it exists already";
			case Errno.EROFS -> "it is read-only: make it writable";
			case Errno.EINVAL -> "it does not take direct I/O: use a block device, or a file system with O_DIRECT";
			case Errno.ENXIO, Errno.ENODEV -> "it has no device behind it: is the drive there?";
			default -> "it cannot be used as a block device";
		};
		return new DeviceException(problem, "%s (%s)".formatted(advice, Errno.name(cause.errno())), cause);
	}

	public Path path() {
		return this.path;
	}

	/**
	 * The descriptor, open until {@link #close()}.
	 * @return a file descriptor
	 */
	public int descriptor() {
		return this.descriptor;
	}

	public boolean blockDevice() {
		return this.blockDevice;
	}

	/**
	 * Logical block size.
	 * @return bytes; 4096 for a regular file
	 */
	public int blockSize() {
		return this.blockSize;
	}

	/**
	 * Size in whole blocks, as it was when opened.
	 * @return bytes
	 */
	public long size() {
		return this.size;
	}

	@Override
	public void close() throws ErrnoException {
		Posix.close(this.descriptor);
	}

}
