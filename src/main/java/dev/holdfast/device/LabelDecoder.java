package dev.holdfast.device;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads a label from bytes. Nothing is believed before the checksum is right, and nothing
 * is looked into if it needs a newer release.
 */
final class LabelDecoder {

	private final ByteBuffer from;

	private final List<UUID> devices = new ArrayList<>();

	private LabelDecoder(byte[] bytes, int length) {
		this.from = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
	}

	/**
	 * How long the label in a slot says it is. To be believed only once the checksum was
	 * right.
	 * @param start at least the first {@link LabelFormat#HEADER_SIZE} bytes
	 * @return length in bytes
	 * @throws LabelException if there is no label, or none of a possible length
	 */
	static long length(byte[] start) throws LabelException {
		if (start.length < LabelFormat.HEADER_SIZE || !LabelFormat.hasMagic(start)) {
			throw new LabelException("no magic");
		}
		long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(LabelFormat.LENGTH);
		if (length < LabelFormat.HEADER_SIZE || length > Integer.MAX_VALUE) {
			throw new LabelException("impossible length " + length);
		}
		return length;
	}

	/**
	 * Decodes a label.
	 * @param bytes the slot from its start, at least as long as the label
	 * @return the label
	 * @throws LabelException if it is torn, damaged or makes no sense
	 * @throws NewerLabelException if it is whole, but needs a newer release
	 */
	static Label decode(byte[] bytes) throws LabelException, NewerLabelException {
		long length = length(bytes);
		if (length > bytes.length) {
			throw new LabelException("longer than its slot");
		}
		LabelDecoder decoder = new LabelDecoder(bytes, (int) length);
		if (decoder.from.getInt(LabelFormat.CHECKSUM) != LabelFormat.checksum(bytes, (int) length)) {
			throw new LabelException("wrong checksum");
		}
		decoder.requireKnownFeatures();
		try {
			return decoder.decode();
		}
		catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException ex) {
			throw new LabelException("inconsistent lengths", ex);
		}
	}

	private void requireKnownFeatures() throws NewerLabelException {
		int version = this.from.getInt(LabelFormat.FORMAT_VERSION);
		long unknown = this.from.getLong(LabelFormat.REQUIRED_FEATURES) & ~LabelFormat.KNOWN_REQUIRED;
		if (version > LabelFormat.VERSION || unknown != 0) {
			throw new NewerLabelException(version, unknown,
					text(LabelFormat.NEEDED_RELEASE, LabelFormat.NEEDED_RELEASE_SIZE));
		}
	}

	private Label decode() throws LabelException {
		Geometry geometry = new Geometry(this.from.getLong(LabelFormat.DEVICE_SIZE),
				this.from.getLong(LabelFormat.SLOT_SIZE), this.from.getLong(LabelFormat.SECOND_SLOT),
				this.from.getLong(LabelFormat.DATA_OFFSET), this.from.getInt(LabelFormat.EXTENT_COUNT));
		if (this.from.getInt(LabelFormat.EXTENT_SIZE) != Geometry.EXTENT_SIZE) {
			throw new LabelException("extent size " + this.from.getInt(LabelFormat.EXTENT_SIZE));
		}
		this.from.position(LabelFormat.HEADER_SIZE);
		int deviceCount = this.from.getInt(LabelFormat.DEVICE_COUNT);
		for (int i = 0; i < deviceCount; i++) {
			this.devices.add(uuid(this.from.position()));
			this.from.position(this.from.position() + LabelFormat.UUID_SIZE);
		}
		List<ExtentRun> runs = runs(this.from.getInt(LabelFormat.RUN_COUNT));
		List<VolumeRecord> volumes = new ArrayList<>();
		int volumeCount = this.from.getInt(LabelFormat.VOLUME_COUNT);
		for (int i = 0; i < volumeCount; i++) {
			volumes.add(record());
		}
		Label label = new Label(uuid(LabelFormat.DEVICE_UUID),
				text(LabelFormat.DEVICE_NAME, LabelFormat.DEVICE_NAME_SIZE), uuid(LabelFormat.INSTALLATION_UUID),
				this.from.getLong(LabelFormat.SEQUENCE), this.from.getInt(LabelFormat.BLOCK_SIZE), geometry,
				new LabelContent(runs, volumes));
		LabelCheck.consistent(label);
		return label;
	}

	private List<ExtentRun> runs(int count) throws LabelException {
		List<ExtentRun> runs = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int start = this.from.getInt();
			int length = this.from.getInt();
			int volume = this.from.getInt() - 1;
			runs.add(new ExtentRun(start, length, ExtentState.of(this.from.getInt()), volume));
		}
		return runs;
	}

	private VolumeRecord record() throws LabelException {
		int start = this.from.position();
		int size = this.from.getInt();
		VolumeRecord.State state = VolumeRecord.State.of(this.from.get());
		VolumeRecord.Layout layout = VolumeRecord.Layout.of(this.from.get());
		int tenantLength = Byte.toUnsignedInt(this.from.get());
		int nameLength = Byte.toUnsignedInt(this.from.get());
		UUID uuid = uuid(this.from.position());
		this.from.position(this.from.position() + LabelFormat.UUID_SIZE);
		long epoch = this.from.getLong();
		long sizeBytes = this.from.getLong();
		int blockSize = this.from.getInt();
		int stripeBytes = this.from.getInt();
		int segmentCount = this.from.getInt();
		int names = start + LabelFormat.RECORD_HEADER_SIZE;
		String tenant = text(names, tenantLength);
		String name = text(names + tenantLength, nameLength);
		if (size != LabelFormat.recordSize(tenant, name, segmentCount)) {
			throw new LabelException("record of %d bytes for volume %s".formatted(size, uuid));
		}
		this.from.position(start + size - segmentCount * LabelFormat.SEGMENT_SIZE);
		List<Segment> segments = new ArrayList<>();
		for (int i = 0; i < segmentCount; i++) {
			segments.add(new Segment(this.devices.get(this.from.getInt()), this.from.getInt(), this.from.getInt(),
					this.from.getInt()));
		}
		return new VolumeRecord(uuid, tenant, name, epoch, sizeBytes, blockSize, state, layout, stripeBytes, segments);
	}

	private UUID uuid(int offset) {
		return new UUID(Long.reverseBytes(this.from.getLong(offset)),
				Long.reverseBytes(this.from.getLong(offset + Long.BYTES)));
	}

	private String text(int offset, int size) {
		byte[] bytes = new byte[size];
		this.from.get(offset, bytes);
		int end = 0;
		while (end < size && bytes[end] != 0) {
			end++;
		}
		return new String(bytes, 0, end, StandardCharsets.US_ASCII);
	}

}
