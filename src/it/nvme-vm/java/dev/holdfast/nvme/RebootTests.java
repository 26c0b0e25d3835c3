package dev.holdfast.nvme;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The node is reset. The last of these classes, in their alphabetical order, so that it
 * finds what the others have left.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class RebootTests {

	private static NvmeNode node;

	@BeforeAll
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	static void start() throws Exception {
		node = NvmeNode.running();
	}

	@Test
	void shouldHaveEverythingAgainWithADriveInAnotherSlot() throws Exception {
		NvmeDrive drive = node.drive(0);
		node.attach("d0", drive);
		TenantVolume volume = node.volume("reset", "d0");
		volume.write(1);
		volume.map();
		node.machine().pull(drive);
		node.machine().plug(drive, 3);

		node.machine().reset();

		assertThat(node.device("d0").get("state").asString()).isEqualTo("online");
		volume.shouldHold(1);
		volume.awaitMapped(node.device("d0").get("generation").asInt());
		volume.writeAndReadByReference(0, 4096, 2);
		for (Map.Entry<TenantVolume, Long> kept : node.kept().entrySet()) {
			kept.getKey().shouldHold(kept.getValue());
		}
	}

}
