package dev.holdfast.device;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Offsets and constants of the label's format, version 1. Described in
 * {@code src/docs/label.md}; all numbers are little-endian. The fields up to and with
 * {@link #NEEDED_RELEASE} keep their place in every later version.
 */
final class LabelFormat {

	static final int VERSION = 1;

	/** Feature bits that this release understands. */
	static final long KNOWN_REQUIRED = 0;

	/** The first release that reads this format. */
	static final String RELEASE = "0.1.0";

	static final int HEADER_SIZE = 256;

	static final int MAGIC = 0;

	static final int FORMAT_VERSION = 8;

	static final int CHECKSUM = 12;

	static final int LENGTH = 16;

	static final int SEQUENCE = 24;

	static final int REQUIRED_FEATURES = 32;

	static final int OPTIONAL_FEATURES = 40;

	static final int DEVICE_UUID = 48;

	static final int INSTALLATION_UUID = 64;

	static final int DEVICE_SIZE = 80;

	static final int SLOT_SIZE = 88;

	static final int SECOND_SLOT = 96;

	static final int DATA_OFFSET = 104;

	static final int EXTENT_SIZE = 112;

	static final int EXTENT_COUNT = 116;

	static final int BLOCK_SIZE = 120;

	static final int SLOT = 124;

	static final int DEVICE_COUNT = 128;

	static final int RUN_COUNT = 132;

	static final int VOLUME_COUNT = 136;

	static final int DEVICE_NAME = 144;

	static final int DEVICE_NAME_SIZE = 64;

	static final int NEEDED_RELEASE = 208;

	static final int NEEDED_RELEASE_SIZE = 32;

	static final int UUID_SIZE = 16;

	static final int RUN_SIZE = 16;

	static final int SEGMENT_SIZE = 16;

	static final int RECORD_HEADER_SIZE = 64;

	private static final byte[] MAGIC_BYTES = "HOLDFAST".getBytes(StandardCharsets.US_ASCII);

	private LabelFormat() {
	}

	static byte[] magic() {
		return MAGIC_BYTES.clone();
	}

	static boolean hasMagic(byte[] slot) {
		return slot.length >= MAGIC_BYTES.length
				&& Arrays.equals(slot, 0, MAGIC_BYTES.length, MAGIC_BYTES, 0, MAGIC_BYTES.length);
	}

	/**
	 * CRC-32C over everything but the checksum itself.
	 */
	static int checksum(byte[] label, int length) {
		CRC32C crc = new CRC32C();
		crc.update(label, 0, CHECKSUM);
		crc.update(label, CHECKSUM + Integer.BYTES, length - CHECKSUM - Integer.BYTES);
		return (int) crc.getValue();
	}

	static int recordSize(VolumeRecord volume) {
		return recordSize(volume.tenant(), volume.name(), volume.segments().size());
	}

	static int recordSize(String tenant, String name, int segments) {
		int names = tenant.length() + name.length();
		return RECORD_HEADER_SIZE + Math.ceilDiv(names, 8) * 8 + segments * SEGMENT_SIZE;
	}

}
