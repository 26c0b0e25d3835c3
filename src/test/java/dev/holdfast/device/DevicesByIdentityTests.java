package dev.holdfast.device;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.VolumeState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Devices are what their labels say, wherever they are and whatever they are called. The
 * drives of the faked sysfs are files where their nodes would be.
 */
class DevicesByIdentityTests {

	private static final long SIZE = 22L << 20;

	@TempDir
	private Path directory;

	private FakeSysfs sysfs;

	@BeforeEach
	void plug() {
		this.sysfs = new FakeSysfs(this.directory);
	}

	@Test
	void findsADriveByItsSerialNumberOrItsWwid() throws IOException {
		drive("sda", "8:0", "ZC1A2B3C", "naa.5000c500a1b2c3d4");
		drive("sdb", "8:16", "ZC1A2B3D", "naa.5000c500a1b2c3d5");
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			assertThat(attach(machine, "one", serial("ZC1A2B3C"))).isTrue();
			assertThat(machine.online("one").path()).isEqualTo(this.sysfs.dev().resolve("sda"));
			assertThat(attach(machine, "other", wwid("naa.5000c500a1b2c3d5"))).isTrue();
			assertThat(machine.online("other").path()).isEqualTo(this.sysfs.dev().resolve("sdb"));
			assertThat(attach(machine, "one", serial("ZC1A2B3C"))).isFalse();
			Refusals.of(Problem.ALREADY_EXISTS, () -> attach(machine, "one", serial("ZC1A2B3D")));
			Refusals.of(Problem.ALREADY_EXISTS, () -> attach(machine, "one", wwid("naa.5000c500a1b2c3d4")));
			machine.restart();
			machine.online("one");
			machine.online("other");
			assertThat(machine.devices().get("other").known().selector()).isEqualTo(wwid("naa.5000c500a1b2c3d5"));
		}
	}

	@Test
	void refusesToGuess() throws IOException {
		drive("nvme0n1", "259:0", "S4EVNX0M1", null);
		drive("nvme0n2", "259:1", "S4EVNX0M1", null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			ProblemException refused = Refusals.of(Problem.IN_USE, () -> attach(machine, "one", serial("S4EVNX0M1")));
			assertThat(refused.detail()).contains("2 drives have it");
			refused = Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> attach(machine, "one", serial("S4EVNX0M")));
			assertThat(refused.detail()).contains("serial number");
			refused = Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> attach(machine, "one", wwid("eui.00")));
			assertThat(refused.detail()).contains("wwid");
			assertThat(machine.devices().list()).isEmpty();
		}
	}

	@Test
	void knowsADriveThatHasMoved() throws IOException {
		drive("sda", "8:0", "ZC1A2B3C", null);
		drive("sdb", "8:16", null, null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			machine.attach("path", node("sda"));
			machine.attach("other", node("sdb"));
			machine.createVolume();
			machine.stop();
			// They change places, and the serial number says nothing of that.
			Files.move(node("sda"), node("sdx"));
			Files.move(node("sdb"), node("sda"));
			Files.move(node("sdx"), node("sdb"));
			machine.restart();
			assertThat(machine.online("path").path()).isEqualTo(node("sdb"));
			assertThat(machine.online("other").path()).isEqualTo(node("sda"));
			assertThat(machine.volumes().find(Machine.DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
			assertThat(machine.devices().get("path").known().selector().path()).as("how it was asked for")
				.isEqualTo(node("sda"));
		}
	}

	/**
	 * Who is told to erase it must not be shown the other one.
	 */
	@Test
	void showsADamagedDriveWhereItIsAndNotWhereItWas() throws IOException {
		drive("sda", "8:0", "ZC1A2B3C", null);
		drive("sdb", "8:16", null, null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			machine.attach("damaged", node("sda"));
			machine.attach("other", node("sdb"));
			Geometry geometry = machine.online("damaged").geometry();
			machine.stop();
			Files.move(node("sda"), node("sdx"));
			Files.move(node("sdb"), node("sda"));
			Files.move(node("sdx"), node("sdb"));
			ForeignContent.put(node("sdb"), 100, (byte) 1);
			ForeignContent.put(node("sdb"), geometry.secondSlot() + 100, (byte) 1);
			machine.restart();
			assertThat(machine.absent("damaged")).contains("damaged has a damaged label");
			assertThat(machine.devices().get("damaged").path()).isEqualTo(node("sdb"));
			assertThat(machine.online("other").path()).isEqualTo(node("sda"));
			machine.stop();
			Files.move(node("sdb"), this.directory.resolve("gone"));
			machine.restart();
			assertThat(machine.absent("damaged")).isNotNull();
			assertThat(machine.devices().get("damaged").path()).isNull();
		}
	}

	/**
	 * In a container the kernel's events may not be heard.
	 */
	@Test
	void seesADriveComeThatTheKernelSaysNothingOf() throws IOException {
		drive("sda", "8:0", null, null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			machine.attach("one", node("sda"));
			machine.stop();
			Path elsewhere = Files.move(node("sda"), this.directory.resolve("elsewhere"));
			machine.restart();
			machine.devices().look(false);
			assertThat(machine.absent("one")).isNotNull();
			drive("sdb", "8:16", null, null);
			Files.move(elsewhere, node("sdb"), StandardCopyOption.REPLACE_EXISTING);
			machine.devices().look(false);
			assertThat(machine.online("one").path()).isEqualTo(node("sdb"));
		}
	}

	@Test
	void knowsADriveWhoseSerialNumberIsNotReadAnyMore() throws IOException {
		FakeSysfs.Node drive = drive("sda", "8:0", "ZC1A2B3C", null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			attach(machine, "one", serial("ZC1A2B3C"));
			machine.stop();
			drive.set("device/serial", "");
			machine.restart();
			machine.online("one");
			machine.stop();
			Files.move(node("sda"), this.directory.resolve("gone"));
			machine.restart();
			assertThat(machine.absent("one")).contains("no drive on this node has this serial number");
		}
	}

	@Test
	void listsDrivesThatAreNotAttached() throws IOException {
		drive("sda", "8:0", "ZC1A2B3C", null);
		drive("sdb", "8:16", null, null);
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			machine.attach("one", node("sda"));
			UUID uuid = machine.online("one").uuid();
			machine.devices().detach("one");
			assertThat(machine.devices().discovered()).extracting((found) -> found.drive().kernelName())
				.containsExactly("sda", "sdb");
			assertThat(machine.devices().discovered()).extracting(FoundDrive::label).containsExactly(uuid, null);
		}
	}

	/**
	 * To open a pipe that nobody writes to takes as long as to read a drive that hangs.
	 */
	@Test
	@RequiresTool("mkfifo")
	void waitsForNoDriveThatHangs() throws Exception {
		drive("sda", "8:0", "ZC1A2B3C", null);
		drive("sdb", "8:16", "ZC1A2B3D", null);
		drive("sdc", "8:32", null, null);
		Files.delete(node("sda"));
		HostProgram.run("mkfifo", node("sda").toString());
		try (Machine machine = new Machine(this.directory, this.sysfs.drives())) {
			machine.attach("one", node("sdb"));
			UUID uuid = machine.online("one").uuid();
			machine.devices().detach("one");
			for (int i = 0; i < 3; i++) {
				assertThat(machine.devices().discovered())
					.extracting((found) -> found.drive().kernelName(), FoundDrive::label, FoundDrive::answers)
					.containsExactly(tuple("sda", null, false), tuple("sdb", uuid, true), tuple("sdc", null, true));
			}
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.filteredOn("holdfast-look-sda"::equals)
				.as("threads that wait for it")
				.hasSize(1);
			// Others come and go meanwhile.
			machine.attach("one", node("sdb"));
			assertThat(machine.devices().discovered()).extracting(FoundDrive::answers)
				.containsExactly(false, true, true);
			// It answers after all.
			try (FileChannel writer = FileChannel.open(node("sda"), StandardOpenOption.WRITE)) {
				assertThat(writer.isOpen()).isTrue();
			}
			Files.delete(node("sda"));
			Rig.sparse(this.sysfs.dev(), "sda", SIZE);
			Awaitility.await()
				.untilAsserted(() -> assertThat(machine.devices().discovered()).extracting(FoundDrive::answers)
					.containsExactly(true, true, true));
		}
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void knowsALoopDeviceUnderAnotherName() throws IOException {
		Path file = Rig.sparse(this.directory, "a.img", SIZE);
		try (Machine machine = new Machine(this.directory)) {
			LoopDevice before = LoopDevice.attach(file);
			try {
				machine.attach("one", before.device());
				machine.createVolume();
				DeviceStatus status = machine.devices().get("one");
				assertThat(status.drive()).isNotNull();
				assertThat(status.drive().path()).isEqualTo(before.device());
				assertThat(machine.devices().discovered()).extracting((found) -> found.drive().path())
					.doesNotContain(before.device());
				machine.stop();
				// Both at once, or it would get the old name again.
				try (LoopDevice after = LoopDevice.attach(file)) {
					before.close();
					machine.restart();
					assertThat(machine.online("one").path()).isEqualTo(after.device()).isNotEqualTo(before.device());
					assertThat(machine.volumes().find(Machine.DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
					machine.stop();
				}
			}
			finally {
				machine.stop();
			}
		}
	}

	private FakeSysfs.Node drive(String name, String number, String serial, String wwid) throws IOException {
		Rig.sparse(this.sysfs.dev(), name, SIZE);
		FakeSysfs.Node node = this.sysfs.drive(name, number, SIZE / 512);
		if (serial != null) {
			node.set("device/serial", serial);
		}
		return (wwid != null) ? node.set("wwid", wwid) : node;
	}

	private Path node(String name) {
		return this.sysfs.dev().resolve(name);
	}

	private static boolean attach(Machine machine, String name, DeviceSelector selector) {
		return machine.devices().attach(name, DeviceRequest.of(selector));
	}

	private static DeviceSelector serial(String serial) {
		return new DeviceSelector(null, serial, null);
	}

	private static DeviceSelector wwid(String wwid) {
		return new DeviceSelector(null, null, wwid);
	}

}
