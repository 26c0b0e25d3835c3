package dev.holdfast.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LabelFormatTests {

	@Test
	void readsAndWritesTheCommittedSample() throws Exception {
		byte[] sample = sample();
		assertThat(LabelDecoder.decode(sample)).isEqualTo(LabelSample.label());
		assertThat(LabelEncoder.encode(LabelSample.label(), 1)).isEqualTo(sample);
	}

	@Test
	void readsWhatItWrites() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 300; i++) {
			Label label = random(random);
			byte[] bytes = LabelEncoder.encode(label, i % 2);
			assertThat(LabelDecoder.decode(bytes)).as("seed %d, label %d", seed, i).isEqualTo(label);
			assertThat(bytes.length % label.blockSize()).isZero();
		}
	}

	@Test
	void believesNothingIfAnyByteIsAltered() throws Exception {
		byte[] bytes = LabelEncoder.encode(LabelSample.label(), 0);
		long length = LabelDecoder.length(bytes);
		for (int i = 0; i < length; i++) {
			bytes[i] ^= 0x10;
			assertThatExceptionOfType(LabelException.class).as("byte %d", i)
				.isThrownBy(() -> LabelDecoder.decode(bytes));
			bytes[i] ^= 0x10;
		}
		assertThat(LabelDecoder.decode(bytes)).isEqualTo(LabelSample.label());
	}

	@Test
	void namesTheReleaseThatANewerLabelNeeds() throws Exception {
		byte[] bytes = sample();
		ByteBuffer label = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
		label.putLong(LabelFormat.REQUIRED_FEATURES, 1L << 40);
		label.put(LabelFormat.NEEDED_RELEASE, "4.2.0".getBytes(StandardCharsets.US_ASCII));
		reseal(bytes);
		assertThatExceptionOfType(NewerLabelException.class).isThrownBy(() -> LabelDecoder.decode(bytes))
			.withMessageContaining("Holdfast 4.2.0")
			.withMessageContaining("0x10000000000");
	}

	@Test
	void refusesANewerFormat() throws Exception {
		byte[] bytes = sample();
		ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(LabelFormat.FORMAT_VERSION, 2);
		reseal(bytes);
		assertThatExceptionOfType(NewerLabelException.class).isThrownBy(() -> LabelDecoder.decode(bytes))
			.withMessageContaining("format 2");
	}

	@Test
	void ignoresOptionalFeaturesItDoesNotKnow() throws Exception {
		byte[] bytes = sample();
		ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(LabelFormat.OPTIONAL_FEATURES, -1);
		reseal(bytes);
		assertThat(LabelDecoder.decode(bytes)).isEqualTo(LabelSample.label());
	}

	@Test
	void refusesExtentsThatTwoVolumesClaim() throws Exception {
		Label sample = LabelSample.label();
		List<VolumeRecord> volumes = new ArrayList<>(sample.content().volumes());
		VolumeRecord first = volumes.getFirst();
		volumes.add(new VolumeRecord(UUID.randomUUID(), "t", "thief", 1, 4096, 4096, VolumeRecord.State.LIVE,
				VolumeRecord.Layout.LINEAR, 0, List.of(first.segments().getFirst())));
		byte[] bytes = LabelEncoder.encode(sample.next(new LabelContent(sample.content().runs(), volumes)), 0);
		assertThatExceptionOfType(LabelException.class).isThrownBy(() -> LabelDecoder.decode(bytes))
			.withMessageContaining("segments");
	}

	@Test
	void saysWhenItIsFull() {
		Geometry geometry = new Geometry(64 << 20, 4096, (64 << 20) - 4096, 4096, 15);
		List<ExtentRun> runs = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			runs.add(new ExtentRun(i, 1, ExtentState.DIRTY));
		}
		List<VolumeRecord> volumes = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			volumes.add(new VolumeRecord(UUID.randomUUID(), "t", "v" + i, 1, 4096, 4096, VolumeRecord.State.LIVE,
					VolumeRecord.Layout.LINEAR, 0, List.of()));
		}
		Label label = new Label(UUID.randomUUID(), "d", Label.NO_INSTALLATION, 1, 4096, geometry,
				new LabelContent(runs, volumes));
		assertThatExceptionOfType(LabelException.class).isThrownBy(() -> LabelEncoder.encode(label, 0))
			.withMessageContaining("full");
	}

	private static void reseal(byte[] bytes) throws LabelException {
		ByteBuffer.wrap(bytes)
			.order(ByteOrder.LITTLE_ENDIAN)
			.putInt(LabelFormat.CHECKSUM, LabelFormat.checksum(bytes, (int) LabelDecoder.length(bytes)));
	}

	private static byte[] sample() throws IOException {
		try (InputStream stream = LabelFormatTests.class.getResourceAsStream("/label/v1.bin")) {
			assertThat(stream).as("src/test/resources/label/v1.bin").isNotNull();
			return stream.readAllBytes();
		}
	}

	/** Extents dealt out at random among states and volumes. */
	private static Label random(Random random) throws DeviceException {
		UUID device = new UUID(random.nextLong(), random.nextLong());
		int volumeCount = random.nextInt(6);
		List<List<Segment>> segments = new ArrayList<>();
		for (int i = 0; i < volumeCount; i++) {
			segments.add(new ArrayList<>());
		}
		Geometry geometry = Geometry.of((2L << 20) + (1 + random.nextInt(200)) * Geometry.EXTENT_SIZE);
		List<ExtentRun> runs = new ArrayList<>();
		for (int next = 0; next < geometry.extentCount();) {
			int count = 1 + random.nextInt(Math.min(9, geometry.extentCount() - next));
			int kind = random.nextInt(3 + volumeCount);
			if (kind < 3) {
				runs.add(new ExtentRun(next, count,
						List.of(ExtentState.FREE, ExtentState.DIRTY, ExtentState.INCOMING).get(kind)));
			}
			else {
				segments.get(kind - 3).add(new Segment(device, next, count));
				runs.add(new ExtentRun(next, count, ExtentState.USED, kind - 3));
			}
			next += count;
		}
		List<VolumeRecord> volumes = new ArrayList<>();
		for (int i = 0; i < volumeCount; i++) {
			segments.get(i).add(new Segment(UUID.randomUUID(), random.nextInt(100), 1 + random.nextInt(5)));
			volumes.add(new VolumeRecord(UUID.randomUUID(), "tenant" + i, "v".repeat(1 + random.nextInt(63)),
					random.nextLong(), 4096L * (1 + random.nextInt(1000)), 4096,
					List.of(VolumeRecord.State.values()).get(random.nextInt(3)),
					List.of(VolumeRecord.Layout.values()).get(random.nextInt(2)), random.nextInt(1 << 20),
					segments.get(i)));
		}
		return new Label(device, "d" + random.nextInt(), UUID.randomUUID(), random.nextLong(),
				random.nextBoolean() ? 512 : 4096, geometry, new LabelContent(runs, volumes));
	}

}
