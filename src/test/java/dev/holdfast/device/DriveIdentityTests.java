package dev.holdfast.device;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What each kind of driver shows. */
class DriveIdentityTests {

	private static final long SECTORS = FakeSysfs.GIBIBYTE / 512;

	@TempDir
	Path root;

	private FakeSysfs sysfs;

	@BeforeEach
	void plug() {
		this.sysfs = new FakeSysfs(this.root);
	}

	@Test
	void shouldTellNamespacesOfOneNvmeDriveApart() {
		this.sysfs.nvme("nvme0n1", "259:0").set("wwid", "eui.0025385b71b01c3a");
		this.sysfs.nvme("nvme0n2", "259:1").set("wwid", "eui.0025385b71b01c3b").set("queue/logical_block_size", 4096);
		List<Drive> drives = list();
		assertThat(drives).extracting(Drive::kernelName).containsExactly("nvme0n1", "nvme0n2");
		assertThat(drives.get(0)).isEqualTo(new Drive("nvme0n1", this.sysfs.dev().resolve("nvme0n1"), 0, "S4EVNX0M1",
				"eui.0025385b71b01c3a", "Samsung SSD 970", FakeSysfs.GIBIBYTE, 512, 4096, WriteCache.WRITE_BACK,
				new DriveLimits(1280 << 10, 128, 2199023255040L, 0, false), false, null, null));
		assertThat(drives.get(1).logicalBlockSize()).isEqualTo(4096);
		assertThat(this.sysfs.drives().withSerial(" S4EVNX0M1 ")).isEqualTo(drives);
		assertThat(this.sysfs.drives().withWwid("eui.0025385b71b01c3b")).containsExactly(drives.get(1));
		assertThat(this.sysfs.drives().withWwid("eui.0025385b71b01c3")).isEmpty();
		assertThat(this.sysfs.drives().withSerial("s4evnx0m1")).isEmpty();
	}

	@Test
	void shouldSpellAnNvmeIdentityAsTheKernelDoes() {
		String none = "00000000-0000-0000-0000-000000000000";
		String nguid = "00253858-71b0-1c3a-0025-385b71b01c3a";
		String uuid = "6e4b4f0e-1d2c-4c55-9c76-0f1f8a6f2c11";
		this.sysfs.nvme("nvme0n1", "259:0").set("uuid", uuid).set("nguid", nguid).set("eui", "00 25 38 5b 71 b0 1c 3a");
		this.sysfs.nvme("nvme1n1", "259:1")
			.set("uuid", nguid)
			.set("nguid", nguid)
			.set("eui", "00 25 38 5b 71 b0 1c 3a");
		this.sysfs.nvme("nvme2n1", "259:2").set("uuid", none).set("nguid", none).set("eui", "00 25 38 5b 71 b0 1c 3a");
		this.sysfs.nvme("nvme3n1", "259:3").set("uuid", none).set("nguid", none).set("eui", "00 00 00 00 00 00 00 00");
		assertThat(list()).extracting(Drive::wwid)
			.containsExactly("uuid." + uuid, "eui.0025385871b01c3a0025385b71b01c3a", "eui.0025385b71b01c3a", null);
	}

	@Test
	void shouldReadTheSerialNumberPageOfScsi() {
		FakeSysfs.Node disk = this.sysfs.drive("sda", "8:0", SECTORS).set("queue/rotational", 1);
		disk.set("device/model", "ST4000NM0035-1V4 ").set("device/wwid", "naa.5000c500a1b2c3d4");
		disk.set("device/vpd_pg80", page("            ZC1A2B3C"))
			.set("queue/write_cache", "write through")
			.set("ro", 1);
		// Shorter than it says, and another page.
		this.sysfs.drive("sdb", "8:16", SECTORS).set("device/vpd_pg80", new byte[] { 0, (byte) 0x80, 1, 0, 'A', 'B' });
		this.sysfs.drive("sdc", "8:32", SECTORS).set("device/vpd_pg80", new byte[] { 0, (byte) 0x83, 0, 1, 'A' });
		this.sysfs.drive("sdd", "8:48", SECTORS).set("device/vpd_pg80", new byte[] { 0, (byte) 0x80 });
		List<Drive> drives = list();
		assertThat(drives).extracting(Drive::serial).containsExactly("ZC1A2B3C", "AB", null, null);
		assertThat(drives.get(0)).satisfies((drive) -> {
			assertThat(drive.model()).isEqualTo("ST4000NM0035-1V4");
			assertThat(drive.wwid()).isEqualTo("naa.5000c500a1b2c3d4");
			assertThat(drive.writeCache()).isEqualTo(WriteCache.WRITE_THROUGH);
			assertThat(drive.limits().rotational()).isTrue();
			assertThat(drive.readOnly()).isTrue();
		});
	}

	@Test
	void shouldReadVirtioAndLoop() {
		this.sysfs.drive("vda", "254:0", SECTORS).set("serial", "overlay".getBytes(StandardCharsets.US_ASCII));
		this.sysfs.drive("vdb", "254:16", SECTORS).set("serial", new byte[0]);
		this.sysfs.drive("loop3", "7:3", 2048).set("loop/backing_file", "/var/lib/holdfast/löop ");
		assertThat(list()).extracting(Drive::kernelName, Drive::serial, Drive::wwid, Drive::model, Drive::backingFile)
			.containsExactly(tuple("loop3", null, "/var/lib/holdfast/löop "), tuple("vda", "overlay", null),
					tuple("vdb", null, null));
	}

	private static Tuple tuple(String name, @Nullable String serial, @Nullable String backingFile) {
		return Tuple.tuple(name, serial, null, null, backingFile);
	}

	private List<Drive> list() {
		return this.sysfs.drives().list();
	}

	private static byte[] page(String serial) {
		return ByteBuffer.allocate(4 + serial.length())
			.put((byte) 0)
			.put((byte) 0x80)
			.putShort((short) serial.length())
			.put(serial.getBytes(StandardCharsets.US_ASCII))
			.array();
	}

}
