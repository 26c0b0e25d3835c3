package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** On the sysfs of this machine, where drives of others come and go, too. */
@RequiresRoot
@Timeout(120)
class DriveDiscoveryTests {

	private static final long SIZE = 16 << 20;

	private final Drives drives = new Drives();

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresTool("losetup")
	void shouldFindALoopDevice(int sector) throws IOException {
		try (LoopDevice loop = LoopDevice.create(this.directory, SIZE, "--sector-size=" + sector)) {
			Drive drive = drive(loop);
			assertThat(this.drives.list()).contains(drive);
			assertThat(drive.kernelName()).isEqualTo(loop.device().getFileName().toString());
			assertThat(drive.path()).isEqualTo(loop.device());
			assertThat(drive.partition()).isZero();
			assertThat(drive.sizeBytes()).isEqualTo(SIZE);
			assertThat(drive.logicalBlockSize()).isEqualTo(sector);
			assertThat(drive.physicalBlockSize()).isGreaterThanOrEqualTo(sector);
			assertThat(drive.limits().maxSectorsBytes()).isGreaterThanOrEqualTo(4096);
			assertThat(drive.limits().maxSegments()).isPositive();
			assertThat(drive.writeCache()).isEqualTo(WriteCache.WRITE_BACK);
			assertThat(drive.backingFile()).isEqualTo(loop.file().toRealPath().toString());
			assertThat(drive.readOnly()).isFalse();
			assertThat(drive.inUse()).isNull();
			assertThat(drive.serial()).isNull();
			assertThat(drive.wwid()).isNull();
			assertThat(drive.model()).isNull();
		}
	}

	@Test
	@RequiresTool("losetup")
	void shouldFollowASymbolicLink() throws IOException {
		try (LoopDevice loop = LoopDevice.create(this.directory, SIZE)) {
			Path link = Files.createSymbolicLink(this.directory.resolve("by-id"), loop.device());
			assertThat(this.drives.at(Files.createSymbolicLink(this.directory.resolve("link"), link)))
				.contains(drive(loop));
		}
	}

	@Test
	@RequiresTool("losetup")
	void shouldSeeALoopDeviceReadOnlyAndItsFileDeleted() throws IOException {
		try (LoopDevice loop = LoopDevice.create(this.directory, SIZE, "--read-only")) {
			Path file = loop.file().toRealPath();
			Files.delete(file);
			assertThat(drive(loop).backingFile()).isEqualTo(file + " (deleted)");
			assertThat(drive(loop).readOnly()).isTrue();
		}
	}

	@Test
	@RequiresTool("losetup")
	void shouldNotFindADetachedLoopDevice() {
		LoopDevice loop = LoopDevice.create(this.directory, SIZE);
		Drive attached = drive(loop);
		loop.close();
		// It is detached once nobody has it open, and may be another program's then.
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.drives.list()).extracting(Drive::backingFile)
				.doesNotContain(attached.backingFile()));
		assertThat(this.drives.at(loop.device())).isNotEqualTo(Optional.of(attached));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mkfs.ext4", "mkfs.btrfs" })
	@RequiresTool({ "losetup", "mkfs.ext4", "mkfs.btrfs", "mount" })
	void shouldSayThatADriveIsMounted(String program) throws Exception {
		// Btrfs wants at least 109 MiB.
		try (LoopDevice loop = LoopDevice.create(this.directory, 256 << 20)) {
			HostProgram.run(program, "-q", loop.device().toString());
			assertThat(drive(loop).inUse()).isNull();
			Path mountPoint = Files.createDirectory(this.directory.resolve("mount point"));
			HostProgram.run("mount", loop.device().toString(), mountPoint.toString());
			try {
				assertThat(drive(loop).inUse()).isEqualTo("is mounted");
			}
			finally {
				HostProgram.run("umount", mountPoint.toString());
			}
			assertThat(drive(loop).inUse()).isNull();
		}
	}

	@Test
	@RequiresTool({ "losetup", "addpart", "delpart" })
	void shouldFindAPartitionByItsPathAlone() throws Exception {
		try (LoopDevice loop = LoopDevice.create(this.directory, SIZE)) {
			String name = loop.device().getFileName() + "p3";
			HostProgram.run("addpart", loop.device().toString(), "3", "2048", "4096");
			try {
				Drive whole = drive(loop);
				assertThat(whole.inUse()).isEqualTo("has partitions");
				assertThat(this.drives.list()).contains(whole).extracting(Drive::kernelName).doesNotContain(name);
				Path link = Files.createSymbolicLink(this.directory.resolve("part3"), Path.of("/dev", name));
				assertThat(this.drives.at(link)).hasValueSatisfying((partition) -> {
					assertThat(partition.kernelName()).isEqualTo(name);
					assertThat(partition.path()).isEqualTo(Path.of("/dev", name));
					assertThat(partition.partition()).isEqualTo(3);
					assertThat(partition.sizeBytes()).isEqualTo(4096 * 512);
					assertThat(partition.limits()).isEqualTo(whole.limits());
					assertThat(partition.inUse()).isNull();
				});
			}
			finally {
				HostProgram.run("delpart", loop.device().toString(), "3");
			}
			assertThat(drive(loop).inUse()).isNull();
		}
	}

	@Test
	void shouldSeeADriveComeAndGo() {
		String name;
		try (ZramDrive zram = ZramDrive.plug(SIZE)) {
			name = zram.name();
			assertThat(named(name)).isNotNull().satisfies((drive) -> {
				assertThat(drive.sizeBytes()).isEqualTo(SIZE);
				assertThat(drive.logicalBlockSize()).isEqualTo(4096);
				assertThat(drive.inUse()).isNull();
			});
		}
		assertThat(named(name)).isNull();
	}

	@Test
	void shouldListWhileDrivesComeAndGo() throws Exception {
		long known = 3 << 20;
		CompletableFuture<Void> plugging = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 50; i++) {
				ZramDrive.plug(known).close();
			}
		});
		try (ZramDrive stays = ZramDrive.plug(SIZE)) {
			do {
				List<Drive> seen = this.drives.list();
				assertThat(seen).extracting(Drive::kernelName).contains(stays.name()).isSorted();
				assertThat(seen).allSatisfy((drive) -> assertThat(drive.sizeBytes()).isPositive());
			}
			while (!plugging.isDone());
		}
		plugging.get(60, TimeUnit.SECONDS);
	}

	private Drive drive(LoopDevice loop) {
		return this.drives.at(loop.device()).orElseThrow();
	}

	private @Nullable Drive named(String name) {
		return this.drives.list().stream().filter((drive) -> drive.kernelName().equals(name)).findFirst().orElse(null);
	}

}
