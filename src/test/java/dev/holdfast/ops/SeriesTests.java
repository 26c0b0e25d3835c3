package dev.holdfast.ops;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.contract.Precondition;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.LatencyHistogram;
import dev.holdfast.engine.Tier;
import dev.holdfast.mapping.MemberState;
import dev.holdfast.mapping.Reason;
import dev.holdfast.tenant.Quotas;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;
import dev.holdfast.volume.Volumes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many series a scrape gets.
 */
class SeriesTests {

	private static final int TENANTS = 100;

	private static final int DEVICES = 8;

	private static final long MIB = 1 << 20;

	private static final int BLOCK = 4096;

	@TempDir
	private Path directory;

	@Test
	void shouldBeAtMostFiveThousandForAHundredTenantsAndEightDevices() throws Exception {
		List<String> properties = new ArrayList<>();
		for (int i = 0; i < DEVICES; i++) {
			properties.add("holdfast.devices[%d].name=d%d".formatted(i, i));
			properties.add("holdfast.devices[%d].path=%s".formatted(i, this.directory.resolve("d%d.img".formatted(i))));
			properties.add("holdfast.devices[%d].size=128MiB".formatted(i));
		}
		try (StartedService service = StartedService.start(this.directory, properties.toArray(String[]::new))) {
			for (int i = 0; i < TENANTS; i++) {
				use(service, "tenant-" + i, "d" + i % DEVICES);
			}
			List<String> series = service.metrics().lines().filter((line) -> !line.startsWith("#")).toList();
			assertDocumented(service.metrics());
			assertThat(series).filteredOn((line) -> line.startsWith("holdfast_tenant_io_total"))
				.hasSize(TENANTS * IoKind.values().length);
			assertThat(series).filteredOn((line) -> line.startsWith("holdfast_quota_used_ratio")).hasSize(TENANTS * 5);
			assertThat(series).filteredOn((line) -> line.startsWith("holdfast_io_duration_seconds_count"))
				.hasSize(DEVICES * IoKind.values().length);
			assertThat(series.size() + others()).as("series").isLessThanOrEqualTo(5000);
		}
	}

	/**
	 * Everything that is counted by tenant, and on each device each kind of operation.
	 */
	private static void use(StartedService service, String tenant, String device) throws IOException {
		service.bean(Tenants.class)
			.declare(tenant, new Quotas(MIB, MIB, MIB, 10L, 10L, 1_000_000L, 1_000 * MIB), Precondition.none());
		VolumeKey key = new VolumeKey(tenant, "v");
		service.bean(Volumes.class).create(key, new VolumeSpec(MIB, null, null, null, List.of(device)));
		BlockService blocks = service.bean(BlockService.class);
		ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
		blocks.write(key, 0, BLOCK, TransferOptions.DEFAULT, (into) -> {
			int count = bytes.remaining();
			into.put(bytes);
			return (count > 0) ? count : -1;
		});
		blocks.read(key, 0, BLOCK, TransferOptions.DEFAULT, (read) -> {
		});
		blocks.zero(key, 0, BLOCK, TransferOptions.DEFAULT);
		blocks.discard(key, 0, BLOCK, TransferOptions.DEFAULT);
		blocks.flush(key, TransferOptions.DEFAULT);
	}

	/** What is there is named on the page. */
	private static void assertDocumented(String scraped) throws IOException {
		List<String> there = scraped.lines()
			.filter((line) -> line.startsWith("# TYPE holdfast_"))
			.map((line) -> line.split(" ", 4)[2])
			.toList();
		List<String> documented = Files.readAllLines(Path.of("src/docs/metrics.md"))
			.stream()
			.filter((line) -> line.startsWith("| `holdfast_") && line.split("`", 3)[1].matches("\\w+"))
			.map((line) -> line.split("`", 3)[1])
			.toList();
		assertThat(documented).doesNotHaveDuplicates().containsAll(there);
	}

	/**
	 * What is not to be had at the same time here: I/O by other tiers, members in each
	 * state, each reason to fall back, an error of each kind of operation.
	 */
	private static int others() {
		int histogram = LatencyHistogram.CLASSIC_BUCKETS + 3;
		int tiers = Tier.values().length;
		int transfers = 2 * (tiers - 1) * (histogram + 1);
		int members = MemberState.values().length - 1 + tiers;
		int reasons = 2 * Reason.Code.values().length;
		return DEVICES * (transfers + members + reasons + IoKind.values().length) + tiers * histogram;
	}

}
