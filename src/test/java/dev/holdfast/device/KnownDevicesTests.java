package dev.holdfast.device;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class KnownDevicesTests {

	private static final DeviceSelector PATH = DeviceSelector.at(Path.of("/dev/nvme0n1"));

	@TempDir
	Path directory;

	private Catalog catalog;

	private KnownDevices known;

	@BeforeEach
	void open() {
		this.catalog = openCatalog();
		this.known = new KnownDevices(this.catalog);
	}

	Catalog openCatalog() {
		return Catalog.open(this.directory.resolve("catalog.db"));
	}

	@AfterEach
	void close() {
		this.catalog.close();
	}

	@Test
	void shouldStayTheSameInstallation() {
		UUID before = this.known.installation();
		restart();
		assertThat(this.known.installation()).isEqualTo(before);
	}

	@Test
	void shouldKnowDevicesAfterARestartHoweverTheyWereAskedFor() {
		List<KnownDevice> all = List.of(device("a", PATH, true),
				device("b", new DeviceSelector(null, "S5GX NF0R", null), false),
				device("c", new DeviceSelector(null, null, "t10." + "\\x20".repeat(256)), false),
				device("d", DeviceSelector.at(Path.of("/dev/disk/by-path/ü'\\;--")), false));
		all.reversed().forEach(this.known::put);
		assertThat(this.known.list()).isEqualTo(all);
		restart();
		assertThat(this.known.list()).isEqualTo(all);
	}

	@Test
	void shouldKnowADeviceByItsNewNameOnly() {
		KnownDevice old = device("old", PATH, false);
		KnownDevice renamed = new KnownDevice("new", old.uuid(), PATH, false);
		this.known.put(old);
		this.known.put(renamed);
		assertKnown(renamed);
	}

	@Test
	void shouldGiveANameToAnotherDevice() {
		KnownDevice successor = device("nvme0", PATH, false);
		this.known.put(device("nvme0", PATH, false));
		this.known.put(successor);
		assertKnown(successor);
	}

	@Test
	void shouldKnowADeviceByAnotherSelector() {
		KnownDevice byPath = device("nvme0", PATH, true);
		KnownDevice bySerial = new KnownDevice("nvme0", byPath.uuid(), new DeviceSelector(null, "S5GXNF0R", null),
				false);
		this.known.put(byPath);
		this.known.put(bySerial);
		assertKnown(bySerial);
	}

	@Test
	void shouldForgetADevice() {
		KnownDevice kept = device("kept", PATH, false);
		this.known.put(kept);
		this.known.put(device("gone", PATH, false));
		this.known.remove("gone");
		this.known.remove("never there");
		assertKnown(kept);
	}

	/** Now, and after a restart. */
	private void assertKnown(KnownDevice one) {
		assertThat(this.known.list()).containsExactly(one);
		restart();
		assertThat(this.known.list()).containsExactly(one);
	}

	private void restart() {
		close();
		open();
	}

	private static KnownDevice device(String name, DeviceSelector selector, boolean configured) {
		return new KnownDevice(name, UUID.randomUUID(), selector, configured);
	}

}
