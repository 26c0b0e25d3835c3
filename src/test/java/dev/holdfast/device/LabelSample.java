package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What {@code src/test/resources/label/v1.bin} holds: written once, when version 1 was
 * made, and never again.
 */
final class LabelSample {

	private static final UUID DEVICE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

	private static final UUID OTHER = UUID.fromString("0badc0de-0000-4000-8000-000000000001");

	private LabelSample() {
	}

	static Label label() {
		Geometry geometry = new Geometry(67_108_864, 1_048_576, 66_060_288, 1_048_576, 15);
		VolumeRecord plain = new VolumeRecord(UUID.fromString("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"), "acme", "db", 1,
				10_485_760, 4096, VolumeRecord.State.LIVE, VolumeRecord.Layout.LINEAR, 0,
				List.of(new Segment(DEVICE, 0, 2), new Segment(DEVICE, 5, 1)));
		VolumeRecord striped = new VolumeRecord(UUID.fromString("936da01f-9abd-4d9d-80c7-02af85c822a8"), "globex",
				"scratch-1", 7, 16_777_216, 512, VolumeRecord.State.DELETING, VolumeRecord.Layout.STRIPED, 65_536,
				List.of(new Segment(OTHER, 40, 2, 1), new Segment(DEVICE, 3, 2, 1)));
		List<ExtentRun> runs = List.of(new ExtentRun(0, 2, ExtentState.USED, 0), new ExtentRun(2, 1, ExtentState.DIRTY),
				new ExtentRun(3, 2, ExtentState.USED, 1), new ExtentRun(5, 1, ExtentState.USED, 0),
				new ExtentRun(6, 1, ExtentState.INCOMING, 1), new ExtentRun(7, 8, ExtentState.FREE));
		return new Label(DEVICE, "nvme-a", UUID.fromString("12345678-9abc-4ef0-8234-56789abcdef0"), 42, 512, geometry,
				new LabelContent(runs, List.of(plain, striped)));
	}

	/** For the next version: writes the sample. */
	public static void main(String[] arguments) throws IOException, LabelException {
		Files.write(Path.of(arguments[0]), LabelEncoder.encode(label(), 1));
	}

}
