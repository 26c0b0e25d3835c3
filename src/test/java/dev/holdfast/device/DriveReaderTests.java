package dev.holdfast.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to a drive just while it is read: one attribute is a pipe, which waits.
 */
@Timeout(60)
@RequiresTool("mkfifo")
class DriveReaderTests {

	@TempDir
	Path root;

	private FakeSysfs sysfs;

	@BeforeEach
	void plug() {
		this.sysfs = new FakeSysfs(this.root);
	}

	@Test
	void shouldReadAgainWhatIsAnotherDriveByNow() throws Exception {
		FakeSysfs.Node drive = this.sysfs.nvme("nvme0n1", "259:0").set("wwid", "eui.01");
		CompletableFuture<Void> swap = whileModelIsRead(drive, () -> {
			drive.set("device/serial", "ANOTHER").set("wwid", "eui.02").set("device/model", "Other").set("diskseq", 2);
		});
		assertThat(list()).singleElement()
			.extracting(Drive::serial, Drive::wwid, Drive::model)
			.containsExactly("ANOTHER", "eui.02", "Other");
		swap.get(10, TimeUnit.SECONDS);
	}

	@Test
	void shouldSkipADriveThatVanishesWhileItIsRead() throws Exception {
		this.sysfs.nvme("nvme1n1", "259:1");
		FakeSysfs.Node drive = this.sysfs.nvme("nvme0n1", "259:0");
		Path gone = this.root.resolve("gone");
		CompletableFuture<Void> unplug = whileModelIsRead(drive, () -> Files.move(drive.path(), gone));
		assertThat(list()).extracting(Drive::kernelName).containsExactly("nvme1n1");
		unplug.get(10, TimeUnit.SECONDS);
	}

	private List<Drive> list() {
		return this.sysfs.drives().list();
	}

	/** Whoever reads the model waits until the change is made. */
	private static CompletableFuture<Void> whileModelIsRead(FakeSysfs.Node drive, Change change) throws Exception {
		Path model = drive.path().resolve("device/model");
		Files.delete(model);
		HostProgram.run("mkfifo", model.toString());
		return CompletableFuture.runAsync(() -> {
			try (var pipe = Files.newOutputStream(model)) {
				Files.delete(model);
				change.make();
				pipe.write("Samsung SSD 970\n".getBytes(StandardCharsets.US_ASCII));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	private interface Change {

		void make() throws IOException;

	}

}
