package dev.holdfast.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes a label as bytes.
 */
final class LabelEncoder {

	private final Label label;

	private final Map<UUID, Integer> devices = new LinkedHashMap<>();

	private LabelEncoder(Label label) {
		this.label = label;
		this.devices.put(label.device(), 0);
	}

	/**
	 * Encodes a label for one of the slots.
	 * @param label what to write
	 * @param slot 0 or 1
	 * @return the bytes, filled up with zeroes to whole blocks
	 * @throws LabelException if they do not fit into a slot
	 */
	static byte[] encode(Label label, int slot) throws LabelException {
		return new LabelEncoder(label).encode(slot);
	}

	private byte[] encode(int slot) throws LabelException {
		LabelContent content = this.label.content();
		long length = LabelFormat.HEADER_SIZE + (long) content.runs().size() * LabelFormat.RUN_SIZE;
		for (VolumeRecord volume : content.volumes()) {
			length += LabelFormat.recordSize(volume);
			for (Segment segment : volume.segments()) {
				this.devices.putIfAbsent(segment.device(), this.devices.size());
			}
		}
		length += (long) this.devices.size() * LabelFormat.UUID_SIZE;
		long whole = Math.ceilDiv(length, this.label.blockSize()) * this.label.blockSize();
		if (whole > this.label.geometry().slotSize()) {
			throw new LabelException("The label is full: it would take %d bytes of %d".formatted(whole,
					this.label.geometry().slotSize()));
		}
		byte[] bytes = new byte[(int) whole];
		ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
		putHeader(to, slot, length);
		to.position(LabelFormat.HEADER_SIZE);
		this.devices.keySet().forEach((device) -> putUuid(to, device));
		for (ExtentRun run : content.runs()) {
			to.putInt(run.start()).putInt(run.count()).putInt(run.volume() + 1).putInt(run.state().code());
		}
		for (VolumeRecord volume : content.volumes()) {
			putRecord(to, volume);
		}
		to.putInt(LabelFormat.CHECKSUM, LabelFormat.checksum(bytes, (int) length));
		return bytes;
	}

	private void putHeader(ByteBuffer to, int slot, long length) {
		Geometry geometry = this.label.geometry();
		to.put(LabelFormat.MAGIC, LabelFormat.magic());
		to.putInt(LabelFormat.FORMAT_VERSION, LabelFormat.VERSION);
		to.putLong(LabelFormat.LENGTH, length);
		to.putLong(LabelFormat.SEQUENCE, this.label.sequence());
		putUuid(to.position(LabelFormat.DEVICE_UUID), this.label.device());
		putUuid(to.position(LabelFormat.INSTALLATION_UUID), this.label.installation());
		to.putLong(LabelFormat.DEVICE_SIZE, geometry.deviceSize());
		to.putLong(LabelFormat.SLOT_SIZE, geometry.slotSize());
		to.putLong(LabelFormat.SECOND_SLOT, geometry.secondSlot());
		to.putLong(LabelFormat.DATA_OFFSET, geometry.dataOffset());
		to.putInt(LabelFormat.EXTENT_SIZE, (int) Geometry.EXTENT_SIZE);
		to.putInt(LabelFormat.EXTENT_COUNT, geometry.extentCount());
		to.putInt(LabelFormat.BLOCK_SIZE, this.label.blockSize());
		to.putInt(LabelFormat.SLOT, slot);
		to.putInt(LabelFormat.DEVICE_COUNT, this.devices.size());
		to.putInt(LabelFormat.RUN_COUNT, this.label.content().runs().size());
		to.putInt(LabelFormat.VOLUME_COUNT, this.label.content().volumes().size());
		to.put(LabelFormat.DEVICE_NAME, ascii(this.label.name(), LabelFormat.DEVICE_NAME_SIZE));
		to.put(LabelFormat.NEEDED_RELEASE, ascii(LabelFormat.RELEASE, LabelFormat.NEEDED_RELEASE_SIZE));
	}

	private void putRecord(ByteBuffer to, VolumeRecord volume) {
		int start = to.position();
		byte[] tenant = ascii(volume.tenant(), 255);
		byte[] name = ascii(volume.name(), 255);
		int size = LabelFormat.recordSize(volume);
		to.putInt(size);
		to.put((byte) volume.state().code()).put((byte) volume.layout().code());
		to.put((byte) tenant.length).put((byte) name.length);
		putUuid(to, volume.uuid());
		to.putLong(volume.epoch()).putLong(volume.sizeBytes());
		to.putInt(volume.blockSize()).putInt(volume.stripeBytes()).putInt(volume.segments().size());
		to.position(start + LabelFormat.RECORD_HEADER_SIZE).put(tenant).put(name);
		to.position(start + size - volume.segments().size() * LabelFormat.SEGMENT_SIZE);
		for (Segment segment : volume.segments()) {
			to.putInt(this.devices.getOrDefault(segment.device(), 0));
			to.putInt(segment.start()).putInt(segment.count()).putInt(segment.stripeSet());
		}
	}

	/**
	 * A UUID in the byte order of RFC 9562, as it is printed.
	 */
	private static void putUuid(ByteBuffer to, UUID uuid) {
		to.putLong(Long.reverseBytes(uuid.getMostSignificantBits()));
		to.putLong(Long.reverseBytes(uuid.getLeastSignificantBits()));
	}

	private static byte[] ascii(String text, int limit) {
		byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
		if (bytes.length > limit) {
			throw new IllegalArgumentException("longer than %d: %s".formatted(limit, text));
		}
		return bytes;
	}

}
