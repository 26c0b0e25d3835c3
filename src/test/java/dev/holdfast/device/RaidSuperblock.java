package dev.holdfast.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What md, the software RAID of Linux, keeps on a member, at one of several places. Made
 * by mdadm in a virtual machine: {@code src/test/resources/foreign/README.md}.
 */
enum RaidSuperblock {

	/** In the same place on every disk. */
	V1_2("md-1.2.bin", 4096),

	/** At the size less 8 KiB, rounded down to 4 KiB. */
	V1_0("md-1.0.bin", RaidSuperblock.SIZE - (8 << 10)),

	/** At the size rounded down to 64 KiB, less 64 KiB. */
	V0_90("md-0.90.bin", RaidSuperblock.SIZE - (64 << 10));

	/** What libblkid calls each. */
	static final String TYPE = "linux_raid_member";

	/** Of the disks that mdadm had: two of the places are told from it. */
	static final int SIZE = 64 << 20;

	private final String resource;

	private final long offset;

	RaidSuperblock(String resource, long offset) {
		this.resource = resource;
		this.offset = offset;
	}

	/**
	 * Writes it into what is of the right size and otherwise zero: a member, then, of
	 * which only the data is missing.
	 */
	void write(Path file) throws IOException {
		try (InputStream stream = RaidSuperblock.class.getResourceAsStream("/foreign/" + this.resource)) {
			assertThat(stream).as("src/test/resources/foreign/" + this.resource).isNotNull();
			ForeignContent.put(file, this.offset, stream.readAllBytes());
		}
	}

}
