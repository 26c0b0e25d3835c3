package dev.holdfast.device;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import org.assertj.core.api.Assertions;

/**
 * An engine of either kind with devices, for tests. Closing it twice is allowed, since a
 * test may do what a restart does.
 */
public final class Rig implements AutoCloseable {

	public static final UUID INSTALLATION = UUID.fromString("4ab1ddb9-d257-43cd-b8f2-05bb9fc4ad92");

	private final IoEngine engine;

	private final DeviceAttacher attacher;

	private final List<Device> devices = new ArrayList<>();

	private Rig(IoEngine engine) {
		this.engine = engine;
		this.attacher = attacher(INSTALLATION);
	}

	public static Rig open(Kind kind) {
		return open(kind, UnaryOperator.identity());
	}

	/**
	 * With something around the engine.
	 */
	public static Rig open(Kind kind, UnaryOperator<IoEngine> around) {
		return new Rig(around.apply(kind.open()));
	}

	/**
	 * With an engine of the test's own, which it closes.
	 */
	public static Rig with(IoEngine engine) {
		return new Rig(engine);
	}

	public IoEngine engine() {
		return this.engine;
	}

	public DeviceAttacher attacher() {
		return this.attacher;
	}

	/**
	 * Another installation's.
	 */
	public DeviceAttacher attacher(UUID installation) {
		return new DeviceAttacher(this.engine, DeviceLimits.DEFAULT, installation, HoldLimits.DEFAULT,
				MemoryLosses.none(), Duration.ofMillis(300), Signatures.installed());
	}

	public Device attach(Path path) throws IOException {
		return attach("drive", path);
	}

	public Device attach(String name, Path path) throws IOException {
		Device device = this.attacher.attach(AttachRequest.of(name, path), LabelReview.NONE);
		this.devices.add(device);
		return device;
	}

	/**
	 * Identity of the device that was attached first.
	 */
	public UUID drive() {
		return this.devices.getFirst().uuid();
	}

	/**
	 * A new file of which nothing is there.
	 */
	public static Path sparse(Path directory, long size) throws IOException {
		return sparse(directory, "drive.img", size);
	}

	/**
	 * A new file of which nothing is there.
	 */
	public static Path sparse(Path directory, String name, long size) throws IOException {
		Path file = directory.resolve(name);
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.setLength(size);
		}
		return file;
	}

	/**
	 * A file full of 0xEE, but for the first and the last MiB.
	 */
	public static Path soiled(Path directory, int size) throws IOException {
		return soiled(directory, "drive.img", size);
	}

	/**
	 * A file full of 0xEE, but for the first and the last MiB.
	 */
	public static Path soiled(Path directory, String name, int size) throws IOException {
		byte[] content = new byte[size];
		Arrays.fill(content, 1 << 20, size - (1 << 20), (byte) 0xEE);
		return Files.write(directory.resolve(name), content);
	}

	/**
	 * Writes a label with room for little, as no release makes it.
	 */
	public static void formatWithSlots(Path file, int slotSize, int extents) throws Exception {
		long size = Files.size(file);
		Geometry geometry = new Geometry(size, slotSize, size - slotSize, slotSize, extents);
		Label label = new Label(UUID.randomUUID(), "drive", Label.NO_INSTALLATION, 1, BlockFile.FILE_BLOCK_SIZE,
				geometry, LabelContent.empty(geometry, ExtentState.FREE));
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.write(LabelEncoder.encode(label, 0));
		}
	}

	@Override
	public void close() throws IOException {
		for (Device device : this.devices) {
			device.close();
		}
		this.engine.close();
	}

	/**
	 * Which engine.
	 */
	public enum Kind {

		/** Blocking calls. */
		PSYNC,
		/** Rings. */
		URING;

		IoEngine open() {
			EngineOptions options = EngineOptions.DEFAULT;
			if (this == PSYNC) {
				return IoEngines.psync(options, "a test wants it so");
			}
			IoEngine engine = IoEngines.best(options);
			Assertions.assertThat(engine.name()).as(() -> engine.findings().toString()).isEqualTo("io_uring");
			return engine;
		}

	}

}
