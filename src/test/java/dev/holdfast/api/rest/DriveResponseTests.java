package dev.holdfast.api.rest;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.device.Drive;
import dev.holdfast.device.DriveLimits;
import dev.holdfast.device.FoundDrive;
import dev.holdfast.device.WriteCache;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DriveResponseTests {

	private static final Drive DRIVE = new Drive("sda", Path.of("/dev/sda"), 0, "ZC1A2B3C", null, null, 1L << 30, 512,
			4096, WriteCache.WRITE_BACK, new DriveLimits(1 << 20, 128, 0, 0, true), false, null, null);

	@Test
	void shouldSayThatADriveDoesNotAnswer() {
		assertThat(DriveResponse.of(new FoundDrive(DRIVE, null, false), Map.of()).unresponsive()).isTrue();
		assertThat(DriveResponse.of(new FoundDrive(DRIVE, null, true), Map.of()).unresponsive()).isNull();
	}

	@Test
	void shouldSayWhichDeviceADriveIs() {
		UUID label = UUID.randomUUID();
		DriveResponse ours = DriveResponse.of(new FoundDrive(DRIVE, label, true), Map.of(label, "nvme0"));
		assertThat(ours.label()).isEqualTo(label);
		assertThat(ours.device()).isEqualTo("nvme0");
		assertThat(DriveResponse.of(new FoundDrive(DRIVE, label, true), Map.of()).device()).isNull();
	}

}
