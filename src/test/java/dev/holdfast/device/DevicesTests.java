package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Devices come, stay known, and go. */
class DevicesTests {

	private static final long SIZE = 22L << 20;

	@TempDir
	private Path directory;

	@AutoClose
	private Machine machine;

	private Path file;

	@BeforeEach
	void startWithADrive() throws IOException {
		this.file = Rig.sparse(this.directory, "a.img", SIZE);
		this.machine = new Machine(this.directory);
	}

	@Test
	void attachesOnce() throws IOException {
		assertThat(this.machine.attach("a", this.file)).isTrue();
		Device device = this.machine.online("a");
		assertThat(this.machine.attach("a", this.file)).isFalse();
		assertThat(this.machine.online("a")).isSameAs(device);
		this.machine.attach("b", Rig.sparse(this.directory, "b.img", SIZE));
		assertThat(this.machine.devices().list()).extracting((status) -> status.known().name())
			.containsExactly("a", "b");
		assertThat(this.machine.devices().names()).containsEntry(device.uuid(), "a").hasSize(2);
		assertThat(this.machine.devices().get("a").known())
			.isEqualTo(new KnownDevice("a", device.uuid(), DeviceSelector.at(this.file), false));
	}

	@Test
	void refusesAnotherDriveUnderTheSameName() throws IOException {
		this.machine.attach("a", this.file);
		Path other = Rig.sparse(this.directory, "b.img", SIZE);
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.attach("a", other));
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.devices()
			.attach("a", DeviceRequest.of(new DeviceSelector(null, "S4EVNX0M1", null))));
		assertThat(content(other)).isEqualTo(new byte[(int) SIZE]);
		this.machine.restart();
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.attach("a", other));
	}

	@Test
	void refusesALabelThatIsOlderThanItsOwn() throws IOException {
		Path copy = this.directory.resolve("copy.img");
		this.machine.attach("a", this.file);
		this.machine.restartBare();
		Files.copy(this.file, copy);
		this.machine.attach("a", this.file);
		this.machine.restartBare();
		byte[] newest = Files.readAllBytes(this.file);
		Files.copy(copy, this.file, StandardCopyOption.REPLACE_EXISTING);
		ProblemException refused = Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> this.machine.attach("a", this.file));
		assertThat(refused.detail()).contains("older").contains("adopt");
		assertThat(this.file).hasSameBinaryContentAs(copy);
		Files.write(this.file, newest);
		this.machine.attach("a", this.file);
		this.machine.restartBare();
		// Unless somebody says so.
		Files.copy(copy, this.file, StandardCopyOption.REPLACE_EXISTING);
		this.machine.devices().attach("a", new DeviceRequest(DeviceSelector.at(this.file), false, true, Map.of()));
	}

	@Test
	@RequiresRoot
	@RequiresTool("losetup")
	void refusesADriveWithATwin() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.stop();
		Path copy = Files.copy(this.file, this.directory.resolve("twin.img"));
		try (LoopDevice one = LoopDevice.attach(this.file); LoopDevice other = LoopDevice.attach(copy)) {
			this.machine.restart();
			assertThat(this.machine.absent("a")).contains("one of them is a copy");
			assertThat(one.device()).isNotEqualTo(other.device());
			assertThat(this.file).hasSameBinaryContentAs(copy);
		}
	}

	@Test
	void refusesTheSameDriveUnderAnotherName() throws IOException {
		this.machine.attach("a", this.file);
		assertThat(Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.attach("b", this.file)).detail())
			.contains("is device a");
		// Known and not here counts as well.
		this.machine.restartBare();
		ProblemException refused = Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.attach("b", this.file));
		assertThat(refused.detail()).contains("is device a");
		assertThat(this.machine.devices().list()).hasSize(1);
	}

	@Test
	void refusesACopyOfADrive() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.createVolume();
		this.machine.stop();
		Path copy = Files.copy(this.file, this.directory.resolve("copy.img"));
		byte[] before = content(copy);
		this.machine.restart();
		Refusals.of(Problem.ALREADY_EXISTS, () -> this.machine.attach("b", copy));
		assertThat(content(copy)).isEqualTo(before);
		assertThat(this.machine.volumes().find(Machine.DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "A", "a_b", "-a", "a/b", "../a" })
	void refusesWhatIsNoName(String name) {
		Refusals.of(Problem.BAD_NAME, () -> this.machine.attach(name, this.file));
		assertThat(this.machine.devices().list()).isEmpty();
	}

	@Test
	void asksForOneWayToFindTheDrive() {
		Refusals.of(Problem.MALFORMED_REQUEST, () -> new DeviceSelector(null, null, null));
		Refusals.of(Problem.MALFORMED_REQUEST, () -> new DeviceSelector(this.file, "S4EVNX0M1", null));
		Refusals.of(Problem.MALFORMED_REQUEST, () -> new DeviceSelector(null, "S4EVNX0M1", "eui.0025385b71b01c3a"));
	}

	@Test
	void saysWhatIsWrongWithAPathAndForgetsIt() {
		ProblemException refused = Refusals.of(Problem.DEVICE_NOT_ONLINE,
				() -> this.machine.attach("a", this.directory.resolve("none")));
		assertThat(refused.detail()).startsWith("Device a cannot be used: ")
			.contains("nothing at its path")
			.doesNotContain(this.directory.toString());
		Refusals.of(Problem.NOT_SUPPORTED, () -> this.machine.attach("a", this.directory));
		Refusals.of(Problem.NOT_FOUND, () -> this.machine.devices().get("a"));
		assertThat(this.machine.attach("a", this.file)).isTrue();
	}

	@Test
	void letsGoOfADeviceWithoutVolumes() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.createVolume();
		ProblemException refused = Refusals.of(Problem.IN_USE, () -> this.machine.devices().detach("a"));
		assertThat(refused.properties()).containsEntry("volumes", 1L);
		this.machine.online("a");
		this.machine.volumes().delete(Machine.DB);
		UUID uuid = this.machine.online("a").uuid();
		this.machine.devices().detach("a");
		assertThat(this.machine.devices().list()).isEmpty();
		assertThat(this.machine.devices().attached()).isEmpty();
		Refusals.of(Problem.NOT_FOUND, () -> this.machine.devices().detach("a"));
		Refusals.of(Problem.NO_SPACE, this.machine::createVolume);
		assertThat(this.machine.restart().devices().list()).isEmpty();
		// Its label stays, and another name will do.
		assertThat(this.machine.attach("z", this.file)).isTrue();
		assertThat(this.machine.online("z").uuid()).isEqualTo(uuid);
		this.machine.createVolume();
	}

	@Test
	void letsGoOfAnAbsentDeviceWithoutVolumes() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.createVolume();
		this.machine.restartBare();
		Refusals.of(Problem.IN_USE, () -> this.machine.devices().detach("a"));
		this.machine.volumes().delete(Machine.DB);
		this.machine.devices().detach("a");
		assertThat(this.machine.devices().list()).isEmpty();
		// What was deleted while it was away goes when it comes, under whichever name.
		this.machine.attach("b", this.file);
		assertThat(this.machine.volumes().list("acme")).isEmpty();
		assertThat(this.machine.volumes().usage(this.machine.online("b").uuid()).used()).isZero();
	}

	@Test
	void knowsItsDevicesAgain() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.attach("b", Rig.sparse(this.directory, "b.img", SIZE));
		this.machine.createVolume();
		Volume volume = this.machine.volumes().find(Machine.DB).orElseThrow();
		List<KnownDevice> before = this.machine.known().list();
		UUID installation = this.machine.known().installation();
		this.machine.restart();
		assertThat(this.machine.known().list()).isEqualTo(before);
		assertThat(this.machine.known().installation()).isEqualTo(installation);
		this.machine.online("a");
		this.machine.online("b");
		assertThat(this.machine.volumes().find(Machine.DB)).contains(volume);
	}

	@Test
	void isAbsentWithAReasonUntilItReturns() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.createVolume();
		this.machine.stop();
		Path elsewhere = Files.move(this.file, this.directory.resolve("elsewhere.img"));
		this.machine.restart();
		assertThat(this.machine.absent("a")).contains("nothing at its path");
		assertThat(this.machine.volumes().find(Machine.DB).orElseThrow().state()).isEqualTo(VolumeState.UNAVAILABLE);
		Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> this.machine.attach("a", this.file));
		Files.move(elsewhere, this.file);
		assertThat(this.machine.attach("a", this.file)).as("it was here before").isFalse();
		this.machine.online("a");
		assertThat(this.machine.volumes().find(Machine.DB).orElseThrow().state()).isEqualTo(VolumeState.READY);
	}

	@Test
	void leavesAnotherDriveAtItsPlaceAlone() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.attach("b", Rig.sparse(this.directory, "b.img", SIZE));
		this.machine.devices().detach("b");
		UUID other = LabelPeek.at(this.directory.resolve("b.img")).orElseThrow();
		this.machine.stop();
		Path elsewhere = Files.move(this.file, this.directory.resolve("elsewhere.img"));
		for (Path stranger : List.of(this.directory.resolve("b.img"), Rig.sparse(this.directory, "blank.img", SIZE))) {
			Files.move(stranger, this.file);
			byte[] before = content(this.file);
			this.machine.restart();
			assertThat(this.machine.absent("a")).contains("another drive is at its place")
				.contains(stranger.endsWith("b.img") ? other.toString() : "one without a label");
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> this.machine.attach("a", this.file));
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> this.machine.devices()
				.attach("a", new DeviceRequest(DeviceSelector.at(this.file), true, true, Map.of())));
			this.machine.stop();
			assertThat(content(this.file)).isEqualTo(before);
			Files.delete(this.file);
		}
		Files.move(elsewhere, this.file);
		this.machine.restart().online("a");
	}

	@Test
	void makesAConfiguredFileOnce() throws IOException {
		Path fresh = this.directory.resolve("fresh.img");
		assertThatExceptionOfType(DeviceException.class)
			.isThrownBy(() -> this.machine.devices().attachConfigured("a", fresh, 0, false));
		this.machine.devices().attachConfigured("a", fresh, SIZE, false);
		assertThat(Files.size(fresh)).isEqualTo(SIZE);
		UUID uuid = this.machine.online("a").uuid();
		this.machine.restartBare().devices().attachConfigured("a", fresh, SIZE, false);
		assertThat(this.machine.online("a").uuid()).isEqualTo(uuid);
		// It was here once: an empty one in its place would look like a loss.
		this.machine.stop();
		Files.delete(fresh);
		this.machine.restartBare();
		assertThatExceptionOfType(DeviceException.class)
			.isThrownBy(() -> this.machine.devices().attachConfigured("a", fresh, SIZE, false));
		assertThat(this.machine.absent("a")).contains("nothing at its path");
		assertThat(fresh).doesNotExist();
	}

	@Test
	void keepsWhatTheConfigurationNames() throws IOException {
		this.machine.devices().attachConfigured("a", this.file, 0, false);
		ProblemException refused = Refusals.of(Problem.IN_USE, () -> this.machine.devices().detach("a"));
		assertThat(refused.detail()).contains("configuration");
		assertThat(this.machine.attach("a", this.file)).isFalse();
		Refusals.of(Problem.IN_USE, () -> this.machine.devices().detach("a"));
		// Nor does it help to ask for it while it is absent.
		this.machine.restartBare();
		assertThat(this.machine.attach("a", this.file)).isFalse();
		Refusals.of(Problem.IN_USE, () -> this.machine.devices().detach("a"));
		assertThat(this.machine.known().list()).extracting(KnownDevice::configured).containsExactly(true);
	}

	@Test
	void forgetsADeviceThatIsNotWanted() throws IOException {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				Devices devices = new Devices(rig.attacher(this.machine.known().installation()), new Drives(),
						this.machine.known(), new Unwilling())) {
			Refusals.of(Problem.IO_ERROR, () -> devices.attach("a", DeviceRequest.of(DeviceSelector.at(this.file))));
			assertThat(devices.list()).isEmpty();
			assertThat(devices.attached()).isEmpty();
			// One that was here before stays known.
			this.machine.attach("a", this.file);
			this.machine.stop();
			KnownDevice known = devices.get("a").known();
			assertThat(devices.attachKnown(known)).isEqualTo("no");
			assertThat(devices.get("a").reason()).isEqualTo("no");
			assertThat(this.machine.known().list()).containsExactly(known);
		}
		this.machine.restart().online("a");
	}

	@Test
	void letsGoOfAllAtTheEnd() throws IOException {
		this.machine.attach("a", this.file);
		this.machine.devices().close();
		assertThat(this.machine.devices().attached()).isEmpty();
		try (BlockFile free = BlockFile.open(this.file, Duration.ZERO)) {
			assertThat(free.size()).isEqualTo(SIZE);
		}
	}

	private static byte[] content(Path file) throws IOException {
		return Files.readAllBytes(file);
	}

	/**
	 * Wants no device.
	 */
	private static final class Unwilling implements DeviceListener {

		@Override
		public LabelContent review(Label label, AttachRequest request, boolean ours) {
			return label.content();
		}

		@Override
		public void attached(Device device) {
			throw new ProblemException(Problem.IO_ERROR, "no");
		}

		@Override
		public void attachedAgain(Device device, AttachRequest request) {
		}

		@Override
		public void suspending(Device device) {
		}

		@Override
		public void returned(Device device) {
		}

		@Override
		public void changed(Device device) {
		}

		@Override
		public void detaching(UUID device, String name) {
		}

	}

}
