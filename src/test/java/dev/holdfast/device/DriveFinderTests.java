package dev.holdfast.device;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DriveFinderTests {

	@TempDir
	private Path root;

	@Test
	void shouldNotTakeACopyThatComesToTheNameWhileItLooks() {
		UUID device = UUID.randomUUID();
		FakeSysfs sysfs = new FakeSysfs(this.root);
		FakeSysfs.Node loop = sysfs.drive("loop0", "7:0", 2048).set("loop/backing_file", "/drives/one.img");
		Drives drives = sysfs.drives();
		Drive before = drives.list().getFirst();
		DriveFinder finder = new DriveFinder(drives, new LabelPeeks(Duration.ofMinutes(1), (path) -> {
			loop.set("loop/backing_file", "/drives/copy.img").set("diskseq", 2);
			return Optional.of(device);
		}));
		assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> finder.find(device, before, Set.of()))
			.withMessageContaining("loop0 has its label and is another one");
	}

}
