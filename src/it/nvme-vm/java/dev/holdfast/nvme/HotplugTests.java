package dev.holdfast.nvme;

import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives that are pulled and plugged in while the service runs.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class HotplugTests {

	private static final int FREE_SLOT = 4;

	private static final int LAST_SLOT = 5;

	private static NvmeNode node;

	@BeforeAll
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	static void start() throws Exception {
		node = NvmeNode.running();
	}

	@Test
	void shouldTellDrivesApartBySerialWhereverTheyAre() throws Exception {
		NvmeDrive drive = node.drive(2);
		int slot = node.machine().pull(drive);
		Awaitility.await().until(() -> node.discovered(drive) == null);

		NvmeDrive stranger = NvmeNode.drive("HF0099");
		node.machine().plug(stranger, slot);
		node.machine().plug(drive, FREE_SLOT);
		Awaitility.await().until(() -> node.discovered(drive) != null && node.discovered(stranger) != null);

		node.attach("d2", drive);
		assertThat(node.device("d2").get("serial").asString()).isEqualTo(drive.serial());
		assertThat(node.discovered(stranger).has("label")).isFalse();
		node.detach("d2");
		node.machine().pull(stranger);
		node.machine().pull(drive);
		node.machine().plug(drive, slot);
	}

	/**
	 * Its descriptor is held, so the kernel gives it another name when it returns.
	 */
	@Test
	void shouldSeeADriveInUseReturnUnderAnotherName() throws Exception {
		NvmeDrive drive = NvmeNode.drive("HF0050");
		node.machine().plug(drive, LAST_SLOT);
		Awaitility.await().until(() -> node.discovered(drive) != null);
		node.attach("d5", drive);
		String path = node.device("d5").get("path").asString();

		node.machine().pull(drive);
		node.machine().plug(drive, FREE_SLOT);

		JsonNode found = Awaitility.await()
			.until(() -> node.discovered(drive), (seen) -> seen != null && seen.has("label"));
		assertThat(found.get("device").asString()).isEqualTo("d5");
		assertThat(found.get("path").asString()).isNotEqualTo(path);
		node.detach("d5");
		node.machine().pull(drive);
	}

}
