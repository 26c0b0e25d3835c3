package dev.holdfast.nvme;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The service on NVMe drives behind an IOMMU that translates.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class NvmeTests {

	private static NvmeNode node;

	@BeforeAll
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	static void start() throws Exception {
		node = NvmeNode.running();
	}

	@Test
	void shouldRunOnIoUringBehindAnIommu() throws Exception {
		assertThat(node.machine().console()).contains("Engine io_uring").contains("on kernel " + NvmeNode.KERNEL + ".");
		assertThat(node.machine().health()).contains("\"name\":\"io_uring\"").doesNotContain("notRegistered");
		assertThat(node.machine().shell("cat $(readlink -f /sys/block/nvme1n1/device/device)/iommu_group/type"))
			.isEqualTo(NvmeNode.TRANSLATED ? "DMA\n" : "identity\n");
	}

	@Test
	void shouldDetachADriveAndAttachItAgain() throws Exception {
		NvmeDrive drive = node.drive(1);
		node.attach("d1", drive);
		String label = node.device("d1").get("uuid").asString();
		node.detach("d1");
		JsonNode found = node.discovered(drive);
		assertThat(found.get("label").asString()).isEqualTo(label);
		node.attach("d1", drive);
		assertThat(node.device("d1").get("uuid").asString()).isEqualTo(label);
		assertThat(node.discovered(drive)).isNull();
		node.detach("d1");
	}

}
