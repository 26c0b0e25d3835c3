package dev.holdfast.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** With drives that this machine has not, and faults that no drive makes on demand. */
class DrivesTests {

	private static final long SECTORS = FakeSysfs.GIBIBYTE / 512;

	@TempDir
	Path root;

	private FakeSysfs sysfs;

	@BeforeEach
	void plug() {
		this.sysfs = new FakeSysfs(this.root);
	}

	@Test
	void shouldLeaveOutWhatCannotBeUsed() {
		this.sysfs.nvme("nvme0n1", "259:0");
		this.sysfs.nvme("nvme0c0n1", "259:1").set("hidden", 1);
		this.sysfs.nvme("nvme0c1n1", "259:2");
		this.sysfs.drive("sr0", "11:0", 2097151);
		this.sysfs.drive("ram0", "1:0", 8192);
		this.sysfs.drive("fd0", "2:0", 8);
		this.sysfs.drive("loop0", "7:0", 0);
		this.sysfs.drive("zram0", "253:0", 0);
		assertThat(list()).extracting(Drive::kernelName).containsExactly("nvme0n1");
	}

	@Test
	void shouldSkipDrivesThatVanished() throws IOException {
		this.sysfs.nvme("nvme0n1", "259:0");
		this.sysfs.link("sys/block/nvme1n1", this.root.resolve("sys/devices/fake/gone"));
		FakeSysfs.directory(this.root.resolve("sys/devices/fake/block/nvme2n1"));
		this.sysfs.link("sys/block/nvme2n1", this.root.resolve("sys/devices/fake/block/nvme2n1"));
		Files.writeString(this.root.resolve("sys/block/nvme3n1"), "not even a directory");
		assertThat(list()).extracting(Drive::kernelName).containsExactly("nvme0n1");
	}

	@Test
	void shouldTakeMalformedNumbersForUnknown() {
		FakeSysfs.Node strange = this.sysfs.drive("sda", "8:0", SECTORS).set("queue/max_sectors_kb", "many");
		strange.set("queue/max_segments", 1L << 40).set("queue/discard_max_bytes", "18446744073709551615");
		strange.set("queue/physical_block_size", -1).set("queue/write_cache", "write sideways").set("ro", "");
		strange.set("dev", "what").set("diskseq", "?").set("device/model", "A\u001b[31m\0B\0\0");
		this.sysfs.drive("sdb", "8:16", SECTORS).set("size", "0x1000");
		this.sysfs.drive("sdc", "8:32", SECTORS).set("size", Long.MAX_VALUE);
		this.sysfs.drive("sdd", "8:48", SECTORS).set("queue/logical_block_size", "");
		List<Drive> drives = list();
		assertThat(drives).singleElement().satisfies((drive) -> {
			assertThat(drive.limits()).isEqualTo(new DriveLimits(0, 0, 0, 0, false));
			assertThat(drive.physicalBlockSize()).isEqualTo(512);
			assertThat(drive.writeCache()).isEqualTo(WriteCache.WRITE_BACK);
			assertThat(drive.model()).isEqualTo("A?[31m B");
		});
	}

	@Test
	void shouldSayWhoUsesADrive() throws IOException {
		FakeSysfs.Node parts = this.sysfs.drive("sda", "8:0", SECTORS);
		parts.partition(1, "sda1", "8:1", 2048);
		FakeSysfs.directory(this.sysfs.drive("sdb", "8:16", SECTORS).path().resolve("holders/dm-1"));
		FakeSysfs.directory(this.root.resolve("sys/block/sdb/holders/dm-0"));
		this.sysfs.drive("sdc", "8:32", SECTORS);
		this.sysfs.append("proc/self/mountinfo", "36 35 8:32 / /m\u00fcnt rw - ext4 /dev/root rw");
		this.sysfs.drive("sdd", "8:48", SECTORS);
		this.sysfs.append("proc/swaps", this.sysfs.dev() + "/sdd                partition\t1024\t0\t-2");
		Path btrfs = this.sysfs.drive("sde", "8:64", SECTORS).path();
		FakeSysfs.directory(this.root.resolve("sys/fs/btrfs/features"));
		FakeSysfs.directory(this.root.resolve("sys/fs/btrfs/6e4b4f0e/devices"));
		this.sysfs.link("sys/fs/btrfs/6e4b4f0e/devices/sde", btrfs);
		this.sysfs.drive("sdf", "8:80", SECTORS);
		this.sysfs.drive("cciss!c0d0", "104:0", SECTORS);
		this.sysfs.append("proc/swaps", this.sysfs.dev() + "/cciss/c0d0 partition 1024 0 -2");
		assertThat(list()).extracting(Drive::inUse)
			.containsExactly("is used as swap", "has partitions", "is held by dm-0, dm-1", "is mounted",
					"is used as swap", "is mounted", null);
		assertThat(list().getFirst().path()).isEqualTo(this.sysfs.dev().resolve("cciss/c0d0"));
	}

	@Test
	void shouldListDrivesOnAnInterruptedThread() {
		this.sysfs.nvme("nvme0n1", "259:0").set("wwid", "eui.0025385b71b01c3a");
		Thread.currentThread().interrupt();
		List<Drive> drives = list();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(drives).extracting(Drive::wwid).containsExactly("eui.0025385b71b01c3a");
	}

	@Test
	void shouldNotTakeAMissingListForAnEmptyOne() throws IOException {
		Files.delete(this.root.resolve("sys/block"));
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(this::list)
			.withMessageContaining("is sysfs mounted?");
	}

	private List<Drive> list() {
		return this.sysfs.drives().list();
	}

}
