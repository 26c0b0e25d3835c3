package dev.holdfast.nvme;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.ops.Client;
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
		node.machine().plug(drive, 4);
		Awaitility.await().until(() -> node.discovered(drive) != null && node.discovered(stranger) != null);

		node.attach("d2", drive);
		assertThat(node.device("d2").get("serial").asString()).isEqualTo(drive.serial());
		assertThat(node.discovered(stranger).has("label")).isFalse();
	}

	@Test
	void shouldHoldIoUnderLoadUntilADriveThatIsPulledReturnsUnderAnotherName() throws Exception {
		NvmeDrive drive = node.plug("HF0050", 5);
		node.attach("d5", drive);
		TenantVolume volume = node.volume("pulled", "d5");
		volume.write(1);
		volume.map();
		TenantLoad load = TenantLoad.on(volume);
		load.awaitProgress();
		String path = node.device("d5").get("path").asString();

		int slot = node.machine().pull(drive);
		node.awaitState("d5", "away");
		Awaitility.await().until(() -> {
			load.shouldNotHaveFailed();
			// A write that begins or ends within a block reads that first.
			return node.held("d5") >= load.writers();
		});

		NvmeDrive stranger = node.plug("HF0098", slot);
		int tries = 0;
		while (!node.discovered(stranger).get("path").asString().equals(path)) {
			// The old name is free once the kernel has nothing left that refers to it.
			assertThat(tries++).isLessThan(5);
			node.machine().plug(stranger, node.machine().pull(stranger));
			Awaitility.await().until(() -> node.discovered(stranger) != null);
		}
		assertThat(node.device("d5").get("state").asString()).isEqualTo("away");

		node.machine().plug(drive, 6);
		node.awaitState("d5", "online");
		load.awaitProgress();
		load.end();
		volume.awaitMapped(2);
		JsonNode back = node.device("d5");
		assertThat(back.get("generation").asInt()).isEqualTo(2);
		assertThat(back.get("path").asString()).isNotEqualTo(path);
		assertThat(back.get("serial").asString()).isEqualTo(drive.serial());
		volume.shouldHold(1);
		assertThat(stranger.isBlank()).isTrue();
		assertThat(volume.flush().body()).contains("\"code\":\"write-loss-possible\"");
		assertThat(volume.flush().statusCode()).isEqualTo(204);
		node.keep(volume, 1);
	}

	@Test
	void shouldFailIoOnceTheHoldEndsAndGoOnWhenTheDriveIsBackAfterAll() throws Exception {
		NvmeDrive drive = node.plug("HF0051", 7);
		node.attach("d7", drive);
		TenantVolume volume = node.volume("lost", "d7");
		volume.write(1);

		int slot = node.machine().pull(drive);
		CompletableFuture<HttpResponse<String>> write = volume.writeLater(2);
		Awaitility.await().untilAsserted(() -> assertThat(node.held("d7")).isPositive());
		assertLost(write.get(3, TimeUnit.MINUTES));
		assertThat(node.device("d7").get("state").asString()).isEqualTo("lost");
		assertLost(volume.tryWrite(3));

		node.machine().plug(drive, slot);
		node.awaitState("d7", "online");
		volume.shouldHold(1);
		volume.write(4);
		volume.shouldHold(4);
		node.keep(volume, 4);
	}

	@Test
	void shouldReplaceADriveUnderLoadAndDoWithoutIt() throws Exception {
		NvmeDrive old = node.plug("HF0052", 8);
		node.attach("d8", old);
		NvmeDrive replacement = node.plug("HF0053", 9);
		node.attach("d9", replacement);
		// More than is moved at a time.
		TenantVolume volume = node.volume("replaced", "d8", 96 << 20);
		volume.write(1);
		volume.map();
		TenantLoad load = TenantLoad.on(volume);
		load.awaitProgress();

		long before = load.steps();
		node.replace("d8", "d9");
		assertThat(load.steps()).isGreaterThan(before);
		assertThat(usedBytes("d8")).isZero();
		assertThat(usedBytes("d9")).isEqualTo(volume.size());
		assertThat(volume.device()).isEqualTo("d9");

		node.detach("d8");
		node.machine().pull(old);
		load.awaitProgress();
		load.end();
		volume.awaitMapped(1);
		volume.shouldHold(1);
		assertThat(volume.flush().statusCode()).isEqualTo(204);
		node.keep(volume, 1);
	}

	private static long usedBytes(String device) throws Exception {
		return node.device(device).get("capacity").get("usedBytes").asLong();
	}

	private static void assertLost(HttpResponse<String> answer) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
		assertThat(answer.headers().firstValue("Retry-After")).isPresent();
		JsonNode problem = Client.json(answer);
		assertThat(problem.get("code").asString()).isEqualTo("device-lost");
		assertThat(problem.get("retryable").asBoolean()).isTrue();
		assertThat(problem.get("detail").asString()).contains("within 30 s");
	}

}
