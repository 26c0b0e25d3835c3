package dev.holdfast.nvme;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

	@Test
	void shouldHoldIoUntilADriveThatIsPulledReturnsUnderAnotherName() throws Exception {
		NvmeDrive drive = NvmeNode.drive("HF0050");
		node.machine().plug(drive, LAST_SLOT);
		Awaitility.await().until(() -> node.discovered(drive) != null);
		node.attach("d5", drive);
		TenantVolume volume = node.volume("pulled", "d5");
		volume.write(1);

		int slot = node.machine().pull(drive);
		CompletableFuture<Void> held = volume.writeLater(2);
		awaitState("away");
		Awaitility.await().until(() -> node.device("d5").get("held").get("operations").asInt() > 0);

		NvmeDrive stranger = NvmeNode.drive("HF0098");
		node.machine().plug(stranger, slot);
		Awaitility.await().until(() -> node.discovered(stranger) != null);
		assertThat(node.device("d5").get("state").asString()).isEqualTo("away");
		assertThat(held).isNotDone();

		node.machine().plug(drive, FREE_SLOT);
		awaitState("online");
		held.get(2, TimeUnit.MINUTES);
		volume.shouldHold(2);
		assertThat(node.device("d5").get("generation").asInt()).isEqualTo(2);

		volume.delete();
		node.detach("d5");
		node.machine().pull(stranger);
		node.machine().pull(drive);
	}

	private static void awaitState(String state) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(node.device("d5").get("state").asString()).isEqualTo(state));
	}

}
