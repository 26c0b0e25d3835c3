package dev.holdfast.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.LibC;
import dev.holdfast.uring.sys.Posix;

/**
 * A real block device over a file, for tests. On {@code /dev/shm} it is fast; on a disk's
 * file system it behaves like that disk. Needs root and {@code losetup}:
 * {@code @RequiresRoot @RequiresTool("losetup")}.
 */
public final class LoopDevice implements AutoCloseable {

	/** include/uapi/linux/loop.h. */
	private static final long LOOP_SET_STATUS64 = 0x4C04;

	private static final long LOOP_GET_STATUS64 = 0x4C05;

	private static final long LOOP_INFO64 = 232;

	private static final long LO_SIZELIMIT = 32;

	private static final long PULLED_SIZE = 512;

	private final Path device;

	private final Path file;

	private final boolean temporary;

	private LoopDevice(Path device, Path file, boolean temporary) {
		this.device = device;
		this.file = file;
		this.temporary = temporary;
	}

	/**
	 * Makes a sparse file and attaches it. {@link #close()} deletes the file.
	 * @param directory where the file goes
	 * @param size of the file in bytes; losetup ignores an incomplete last sector
	 * @param options of losetup, such as {@code --direct-io=on} or
	 * {@code --sector-size=4096}
	 * @return the attached device
	 */
	public static LoopDevice create(Path directory, long size, String... options) {
		try {
			Path file = Files.createTempFile(directory, "holdfast-loop-", ".img");
			try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
				content.setLength(size);
			}
			try {
				return attach(file, true, options);
			}
			catch (IllegalStateException ex) {
				Files.delete(file);
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Attaches a file that is there already, and keeps it. A drive that returns under
	 * another name is the same file attached again.
	 * @param file the file
	 * @param options of losetup
	 * @return the attached device
	 */
	public static LoopDevice attach(Path file, String... options) {
		return attach(file, false, options);
	}

	private static LoopDevice attach(Path file, boolean temporary, String... options) {
		List<String> arguments = new ArrayList<>(List.of("--find", "--show"));
		arguments.addAll(List.of(options));
		arguments.add(file.toString());
		return new LoopDevice(Path.of(losetup(arguments)), file, temporary);
	}

	public Path device() {
		return this.device;
	}

	public Path file() {
		return this.file;
	}

	/**
	 * Makes the device larger or smaller while it is used. Writes behind its end fail
	 * from then on.
	 */
	public void resize(long size) {
		try (RandomAccessFile content = new RandomAccessFile(this.file.toFile(), "rw")) {
			content.setLength(size);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		losetup(List.of("--set-capacity", this.device.toString()));
	}

	/**
	 * Does to the device what pulling does to an NVMe drive: reads give nothing, writes
	 * {@code ENOSPC}, whoever has it open. Its contents are kept.
	 */
	public void pull() {
		limit(PULLED_SIZE);
	}

	/**
	 * Plugs it in again where it was.
	 */
	public void plug() {
		limit(0);
	}

	private void limit(long size) {
		try (Arena arena = Arena.ofConfined()) {
			int descriptor = Posix.open(this.device, Posix.O_RDONLY);
			try {
				MemorySegment status = arena.allocate(LOOP_INFO64, Long.BYTES);
				ioctl(descriptor, LOOP_GET_STATUS64, status);
				status.set(ValueLayout.JAVA_LONG, LO_SIZELIMIT, size);
				ioctl(descriptor, LOOP_SET_STATUS64, status);
			}
			finally {
				Posix.close(descriptor);
			}
		}
		catch (ErrnoException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void ioctl(int descriptor, long request, MemorySegment argument) {
		if (LibC.INSTANCE.ioctl(descriptor, request, argument.address()) < 0) {
			throw new IllegalStateException("ioctl %x of a loop device failed".formatted(request));
		}
	}

	/**
	 * Takes it away, and keeps the file.
	 */
	public void detach() {
		losetup(List.of("--detach", this.device.toString()));
	}

	/**
	 * The same drive under another name. Nobody may have this one open any more.
	 * @return the new one; this one is gone
	 */
	public LoopDevice replug(String... options) {
		detach();
		return attach(this.file, this.temporary, options);
	}

	/**
	 * Detaches the device. While anybody has it open, the kernel puts that off until the
	 * last close, and says nothing.
	 */
	@Override
	public void close() {
		losetup(List.of("--detach", this.device.toString()));
		if (this.temporary) {
			try {
				Files.deleteIfExists(this.file);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private static String losetup(List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(ToolCondition.find("losetup").orElseThrow().toString());
		command.addAll(arguments);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + ": " + output);
			}
			return output;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted during losetup", ex);
		}
	}

}
