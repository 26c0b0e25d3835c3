package dev.holdfast.ops;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.testing.FuseMount;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NetworkFileSystemTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "ceph", "fuse.ceph",
			"fuse.ceph-fuse", "fuse.sshfs", "fuse.glusterfs", "glusterfs", "lustre", "afs", "beegfs", "gpfs",
			"orangefs", "fuse.rclone", "fuse.s3fs", "NFS4" })
	void shouldKnowWhatMachinesShare(String type) {
		assertThat(NetworkFileSystem.isOne(type)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay", "fuseblk", "fuse",
			"fuse.fuse-overlayfs", "fuse.mergerfs", "fuse.gocryptfs", "virtiofs", "fuse.", "" })
	void shouldKnowWhatOneMachineHas(String type) {
		assertThat(NetworkFileSystem.isOne(type)).isFalse();
	}

	@Test
	void shouldLetADirectoryOnADiskOfThisMachineBeMade() throws Exception {
		Path data = this.directory.resolve("not/yet");
		NetworkFileSystem.refuse(data);
		assertThat(this.directory).isEmptyDirectory();
		DataDirectory.open(data).close();
		assertThat(data).isDirectory();
	}

	@Test
	@RequiresRoot
	@RequiresTool("bindfs")
	void shouldRefuseADirectoryThatIsOrWouldBeOnOne() throws Exception {
		try (FuseMount mount = FuseMount.create(this.directory, "sshfs")) {
			Path link = Files.createSymbolicLink(this.directory.resolve("link"), mount.directory());
			for (Path data : new Path[] { mount.directory(), mount.directory().resolve("not/yet"),
					link.resolve("data") }) {
				assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> DataDirectory.open(data))
					.withMessageContaining("network file system (fuse.sshfs)")
					.satisfies((ex) -> assertThat(ex.action()).contains("holdfast.data-directory"));
			}
			assertThat(mount.directory()).isEmptyDirectory();
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("bindfs")
	void shouldUseALocalDiskUnderAFileSystemInUserSpace() throws Exception {
		try (FuseMount mount = FuseMount.create(this.directory, "gocryptfs")) {
			assertThat(Files.getFileStore(mount.directory()).type()).isEqualTo("fuse.gocryptfs");
			DataDirectory.open(mount.directory().resolve("data")).close();
			assertThat(mount.directory().resolve("data")).isDirectory();
		}
	}

}
