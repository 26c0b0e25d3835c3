package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes of devices that are not there can be made all the same. */
class DriveNodeTests {

	@TempDir
	Path root;

	private FakeSysfs sysfs;

	@BeforeEach
	void plug() {
		this.sysfs = new FakeSysfs(this.root);
	}

	@Test
	void shouldFindNoDriveWhereThereIsNone() throws IOException {
		assertThat(this.sysfs.drives().at(this.root)).isEmpty();
		assertThat(this.sysfs.drives().at(this.root.resolve("absent"))).isEmpty();
		assertThat(this.sysfs.drives().at(Path.of("/dev/null"))).isEmpty();
		assertThat(this.sysfs.drives().at(Files.createFile(this.root.resolve("file")))).isEmpty();
	}

	@Test
	@RequiresRoot
	@RequiresTool("mknod")
	void shouldFindADriveByItsNumbers() throws Exception {
		// The minor number needs more than eight bits.
		FakeSysfs.Node drive = this.sysfs.nvme("nvme9n1", "259:1048000").set("wwid", "eui.0025385b71b01c3a");
		FakeSysfs.Node partition = drive.partition(2, "nvme9n1p2", "259:70001", 2048).set("ro", 1);
		FakeSysfs.directory(drive.path().resolve("holders/md0"));
		this.sysfs.link("sys/dev/block/259:70001", partition.path());
		Path node = mknod("nvme9n1", 259, 1048000);
		Path part = mknod("nvme9n1p2", 259, 70001);
		Path byId = Files.createSymbolicLink(this.root.resolve("by-id"), part);
		Drives drives = this.sysfs.drives();
		assertThat(drives.at(node)).contains(drives.list().getFirst());
		assertThat(drives.at(byId)).hasValueSatisfying((found) -> {
			assertThat(found.kernelName()).isEqualTo("nvme9n1p2");
			assertThat(found.path()).isEqualTo(part);
			assertThat(found.partition()).isEqualTo(2);
			assertThat(found.sizeBytes()).isEqualTo(1 << 20);
			assertThat(found.readOnly()).isTrue();
			assertThat(found.wwid()).isEqualTo("eui.0025385b71b01c3a");
			assertThat(found.logicalBlockSize()).isEqualTo(512);
			assertThat(found.inUse()).isEqualTo("is part of nvme9n1, which is held by md0");
		});
		assertThat(drives.at(mknod("unknown", 259, 5))).isEmpty();
	}

	@Test
	@RequiresRoot
	@RequiresTool("mknod")
	void shouldKeepThePathOfANodeWithANameOfItsOwn() throws Exception {
		this.sysfs.nvme("nvme9n1", "259:9");
		Path given = mknod("xvda", 259, 9);
		assertThat(this.sysfs.drives().at(given)).map(Drive::path).contains(given);
		// In a container, another device may have the kernel's name.
		mknod("nvme9n1", 259, 8);
		assertThat(this.sysfs.drives().at(given)).map(Drive::path).contains(given);
	}

	private Path mknod(String name, int major, int minor) throws Exception {
		Path node = this.sysfs.dev().resolve(name);
		HostProgram.run("mknod", node.toString(), "b", Integer.toString(major), Integer.toString(minor));
		return node;
	}

}
