package dev.holdfast.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import dev.holdfast.testing.LoopDevice;
import org.junit.jupiter.api.Assertions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What other programs keep on a drive, made by those programs. No md superblock: mdadm
 * makes none without the kernel's driver, so a {@link RaidSuperblock} is a copy.
 */
enum ForeignContent {

	EXT4("ext4", "mkfs.ext4", "-q", "-F"),

	XFS("xfs", "mkfs.xfs", "-q", "-f"),

	/** Its first signature is at 64 KiB, with zeroes before. */
	BTRFS("btrfs", "mkfs.btrfs", "-q", "-f"),

	SWAP("swap", "mkswap"),

	GPT("gpt", "sgdisk", "--new=1:0:0"),

	/** Without udev, which a container has not. */
	LVM("LVM2_member", "pvcreate", "--yes", "--config",
			"activation{udev_sync=0 udev_rules=0} devices{obtain_device_list_from_udev=0}"),

	/** The key is the name of the program: there is nothing to keep secret. */
	LUKS("crypto_LUKS", "cryptsetup", "luksFormat", "--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations",
			"1000", "--key-file", "/proc/self/comm");

	/** mkfs.xfs makes none below 300 MB. */
	static final long SIZE = 320 << 20;

	private final String type;

	// Made by List.of.
	@SuppressWarnings("ImmutableEnumChecker")
	private final List<String> command;

	ForeignContent(String type, String... command) {
		this.type = type;
		this.command = List.of(command);
	}

	/**
	 * What libblkid calls it.
	 */
	String type() {
		return this.type;
	}

	void write(LoopDevice loop) throws IOException {
		run(Stream.concat(this.command.stream(), Stream.of(loop.device().toString())).toList());
	}

	/**
	 * Erases the signatures and leaves the rest.
	 */
	static void wipe(LoopDevice loop) throws IOException {
		run(List.of("wipefs", "--all", loop.device().toString()));
	}

	private static void run(List<String> command) throws IOException {
		// A program is looked for on the path of this process, which may lack those for
		// root; env looks on the one given.
		ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of("/usr/bin/env"), command.stream()).toList())
			.redirectErrorStream(true);
		builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
		Process process = builder.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			Assertions.assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> command + " does not end");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
		assertThat(process.exitValue()).as(() -> command + ": " + output).isZero();
	}

	/**
	 * A checksum of all that a file holds.
	 */
	static long checksum(Path file) throws IOException {
		CRC32C checksum = new CRC32C();
		ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
		try (FileChannel channel = FileChannel.open(file)) {
			while (channel.read(buffer.clear()) > 0) {
				checksum.update(buffer.flip());
			}
		}
		return checksum.getValue();
	}

	/**
	 * Writes into a file or device that is there.
	 */
	static void put(Path file, long offset, byte... bytes) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(bytes), offset);
			channel.force(false);
		}
	}

	static byte[] take(Path file, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		try (FileChannel channel = FileChannel.open(file)) {
			channel.read(bytes, offset);
		}
		return bytes.array();
	}

}
