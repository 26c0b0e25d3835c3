package dev.holdfast.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A drive that comes and goes with events of the kernel: it is in memory, and new each
 * time. Needs root and the kernel's zram.
 */
final class ZramDrive implements AutoCloseable {

	private static final Path CONTROL = Path.of("/sys/class/zram-control");

	private final String number;

	private ZramDrive(String number) {
		this.number = number;
	}

	static ZramDrive plug(long size) {
		Assumptions.assumeTrue(Boolean.getBoolean("holdfast.ci") || Files.exists(CONTROL),
				"it needs zram: load the module");
		try {
			ZramDrive drive = new ZramDrive(Files.readString(CONTROL.resolve("hot_add")).strip());
			write(Path.of("/sys/block", drive.name(), "disksize"), Long.toString(size));
			return drive;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String name() {
		return "zram" + this.number;
	}

	/** Unplugs it, as soon as nobody has it open: udev may be looking. */
	@Override
	public void close() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.ignoreExceptions()
			.until(() -> write(CONTROL.resolve("hot_remove"), this.number));
	}

	private static boolean write(Path attribute, String value) throws IOException {
		Files.writeString(attribute, value, StandardOpenOption.WRITE);
		return true;
	}

}
