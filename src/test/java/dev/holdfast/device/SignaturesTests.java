package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.uring.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What other programs made is neither used nor altered.
 */
class SignaturesTests {

	private static final int SMALL = 64 << 20;

	/** Of VMFS; the rest of the first and of the last MiB is zero. */
	private static final byte[] VMFS = { 0x0D, (byte) 0xD0, 0x01, (byte) 0xC0 };

	@TempDir
	private Path directory;

	@ParameterizedTest
	@MethodSource
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "mkswap", "sgdisk", "pvcreate", "cryptsetup" })
	void shouldLeaveABlockDeviceOfAnotherProgramAlone(ForeignContent content, int blockSize) throws IOException {
		try (LoopDevice loop = loop(blockSize)) {
			content.write(loop);
			long before = ForeignContent.checksum(loop.device());
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), content.type());
			}
			assertThat(ForeignContent.checksum(loop.device())).isEqualTo(before);
		}
	}

	static Stream<Arguments> shouldLeaveABlockDeviceOfAnotherProgramAlone() {
		return Stream.of(ForeignContent.values())
			.flatMap((each) -> Stream.of(Arguments.of(each, 512), Arguments.of(each, 4096)));
	}

	@ParameterizedTest
	@EnumSource
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "mkswap", "sgdisk", "pvcreate", "cryptsetup" })
	void shouldLeaveAFileOfAnotherProgramAlone(ForeignContent content) throws IOException {
		Path file = Rig.sparse(this.directory, ForeignContent.SIZE);
		try (LoopDevice loop = LoopDevice.attach(file)) {
			content.write(loop);
		}
		long before = ForeignContent.checksum(file);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			refused(rig, file, content.type());
		}
		assertThat(ForeignContent.checksum(file)).isEqualTo(before);
	}

	@ParameterizedTest
	@MethodSource
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldLeaveABlockDeviceOfASoftwareRaidAlone(RaidSuperblock superblock, int blockSize) throws IOException {
		try (LoopDevice loop = loop(RaidSuperblock.SIZE, blockSize)) {
			superblock.write(loop.device());
			long before = ForeignContent.checksum(loop.device());
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), RaidSuperblock.TYPE);
			}
			assertThat(ForeignContent.checksum(loop.device())).isEqualTo(before);
		}
	}

	static Stream<Arguments> shouldLeaveABlockDeviceOfASoftwareRaidAlone() {
		return Stream.of(RaidSuperblock.values())
			.flatMap((each) -> Stream.of(Arguments.of(each, 512), Arguments.of(each, 4096)));
	}

	@ParameterizedTest
	@EnumSource
	void shouldLeaveAFileOfASoftwareRaidAlone(RaidSuperblock superblock) throws IOException {
		Path file = Rig.sparse(this.directory, RaidSuperblock.SIZE);
		superblock.write(file);
		long before = ForeignContent.checksum(file);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			refused(rig, file, RaidSuperblock.TYPE);
		}
		assertThat(ForeignContent.checksum(file)).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool({ "losetup", "sgdisk" })
	void shouldFindAPartitionTableOfWhichOnlyTheCopyAtTheEndIsLeft(int blockSize) throws IOException {
		try (LoopDevice loop = loop(blockSize)) {
			ForeignContent.GPT.write(loop);
			ForeignContent.put(loop.device(), 0, new byte[1 << 20]);
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), "gpt");
			}
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool({ "losetup", "pvcreate" })
	void shouldFindALabelWithABadChecksum() throws IOException {
		try (LoopDevice loop = loop(512)) {
			ForeignContent.LVM.write(loop);
			// Of the label in the second sector. libblkid 2.38.1 checks none of ext4.
			ForeignContent.put(loop.device(), 528, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), "LVM2_member");
			}
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4", "mkfs.xfs" })
	void shouldNameBothOfTwoFileSystems() throws IOException {
		try (LoopDevice loop = loop(512)) {
			ForeignContent.EXT4.write(loop);
			byte[] superblock = ForeignContent.take(loop.device(), 1024, 1024);
			ForeignContent.XFS.write(loop);
			ForeignContent.put(loop.device(), 1024, superblock);
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), "xfs, ext4");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldFindWhatIsNeitherInTheFirstNorInTheLastMebibyte(int blockSize) throws IOException {
		try (LoopDevice loop = loop(blockSize)) {
			ForeignContent.put(loop.device(), 1 << 20, VMFS);
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				refused(rig, loop.device(), "VMFS_volume_member");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool({ "losetup", "mkfs.ext4", "wipefs" })
	void shouldTakeADeviceThatWasErasedAsAdvised(int blockSize) throws IOException {
		try (LoopDevice loop = loop(blockSize); Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			ForeignContent.EXT4.write(loop);
			refused(rig, loop.device(), "ext4");
			ForeignContent.wipe(loop);
			refused(rig, loop.device(), "unknown content");
			ForeignContent.put(loop.device(), 0, new byte[1 << 20]);
			ForeignContent.put(loop.device(), ForeignContent.SIZE - (1 << 20), new byte[1 << 20]);
			assertThat(rig.attach(loop.device()).state()).isEqualTo(DeviceState.ONLINE);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 4096 })
	@RequiresRoot
	@RequiresTool("losetup")
	void shouldTakeNoContentOfItsOwnDeviceForForeign(int blockSize) throws IOException {
		try (LoopDevice loop = loop(blockSize)) {
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				rig.attach(loop.device());
			}
			ForeignContent.put(loop.device(), 1 << 20, VMFS);
			try (BlockFile file = BlockFile.open(loop.device(), Duration.ZERO)) {
				assertThat(Signatures.installed().on(file).types()).containsExactly("VMFS_volume_member");
			}
			try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
				assertThat(rig.attach(loop.device()).generation()).isOne();
			}
		}
	}

	@Test
	void shouldRefuseBytesThatNobodyKnows() throws IOException {
		byte[] content = new byte[SMALL];
		new Random(42).nextBytes(content);
		Path file = Files.write(this.directory.resolve("drive.img"), content);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			refused(rig, file, "unknown content");
		}
		assertThat(Files.readAllBytes(file)).isEqualTo(content);
	}

	@Test
	void shouldFindNothingWhereNothingIs() throws IOException {
		try (BlockFile file = BlockFile.open(Rig.sparse(this.directory, SMALL), Duration.ZERO)) {
			assertThat(Signatures.installed().on(file)).isEqualTo(Signatures.Found.NOTHING);
		}
	}

	@Test
	void shouldGiveBackADescriptorForDirectAccess() throws IOException {
		try (BlockFile file = BlockFile.open(Rig.soiled(this.directory, SMALL), Duration.ZERO)) {
			Path flags = Path.of("/proc/self/fdinfo", Integer.toString(file.descriptor()));
			assertThat(flags(flags) & Posix.O_DIRECT).isNotZero();
			Posix.setDirect(file.descriptor(), false);
			assertThat(flags(flags) & Posix.O_DIRECT).as("this file shows it").isZero();
			Signatures.installed().on(file);
			assertThat(flags(flags) & Posix.O_DIRECT).isNotZero();
		}
	}

	@Test
	void shouldSayThatTheLibraryIsMissingAndStillLookForZeroes() throws IOException {
		Signatures absent = Signatures.load("libholdfast-absent.so.1");
		Path file = Rig.sparse(this.directory, SMALL);
		ForeignContent.put(file, 4096, (byte) 1);
		try (Rig rig = Rig.open(Rig.Kind.PSYNC)) {
			DeviceAttacher attacher = new DeviceAttacher(rig.engine(), DeviceLimits.DEFAULT, Rig.INSTALLATION,
					HoldLimits.DEFAULT, MemoryLosses.none(), Duration.ZERO, absent);
			assertThat(attacher.findings()).singleElement().asString().contains("libblkid.so.1", "Debian: libblkid1");
			assertThatExceptionOfType(ProblemException.class)
				.isThrownBy(() -> attacher.attach(AttachRequest.of("drive", file), LabelReview.NONE))
				.satisfies((refused) -> assertThat(refused.properties()).containsEntry("found", "unknown content"));
			ForeignContent.put(file, 4096, (byte) 0);
			try (Device device = attacher.attach(AttachRequest.of("drive", file), LabelReview.NONE)) {
				assertThat(device.state()).isEqualTo(DeviceState.ONLINE);
			}
			assertThat(rig.attacher().findings()).isEmpty();
		}
	}

	private static LoopDevice loop(int blockSize) {
		return loop(ForeignContent.SIZE, blockSize);
	}

	private static LoopDevice loop(long size, int blockSize) {
		return LoopDevice.create(Path.of("/dev/shm"), size, "--sector-size=" + blockSize);
	}

	private static int flags(Path description) throws IOException {
		return Files.readAllLines(description)
			.stream()
			.filter((line) -> line.startsWith("flags:"))
			.mapToInt((line) -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
			.findFirst()
			.orElseThrow();
	}

	private static void refused(Rig rig, Path path, String found) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> rig.attach(path)).satisfies((refused) -> {
			assertThat(refused.problem()).isEqualTo(Problem.FOREIGN_SIGNATURE);
			assertThat(refused.properties()).containsEntry("found", found);
		})
			.withMessageContaining(found)
			.withMessageContaining("If that may go")
			.withMessageNotContaining(path.toString());
	}

}
