package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Label;
import dev.holdfast.device.VolumeRecord;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives, and a label, that are full again and again: what there is no room for changes
 * nothing, and what there is room for is made.
 */
class FullDeviceTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final int ROOM = 6 + 24;

	private static final String LABEL = "label";

	private static final String SPACE = "space";

	@StatisticsReport(StatisticsReportMode.OFF)
	@Property(tries = 12, edgeCases = EdgeCasesMode.NONE)
	void refusesWhatThereIsNoRoomForAndChangesNothing(
			@ForAll @Size(min = 25, max = 45) List<@From("requests") Request> requests) throws Exception {
		Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "holdfast-full-");
		try (Shelf shelf = new Shelf(directory).with("a", 6).withSmallLabel("small", 24).start()) {
			Map<VolumeKey, Long> volumes = new LinkedHashMap<>();
			for (Request request : requests) {
				send(shelf, request, volumes);
			}
			shelf.restart();
			shelf.assertSound(volumes.keySet().toArray(VolumeKey[]::new));
			volumes.forEach((key, size) -> assertThat(shelf.find(key).sizeBytes()).isEqualTo(size));
			// All space and the room on the label come back.
			volumes.keySet().forEach(shelf.volumes()::delete);
			assertThat(shelf.used("a") + shelf.used("small")).isZero();
			VolumeKey all = new VolumeKey("acme", "all");
			Volume made = shelf.create(all, VolumeSpec.ofSize(ROOM * EXTENT));
			assertThat(made.devices()).hasSize(2);
			Bytes.assertZero(shelf.read(all, 5 * EXTENT, 2 * (int) EXTENT));
			shelf.restart();
			shelf.assertSound(all);
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
		Statistics.label("refusals").coverage((coverage) -> {
			coverage.check(LABEL).count((count) -> count > 0);
			coverage.check(SPACE).count((count) -> count > 0);
		});
	}

	private static void send(Shelf shelf, Request request, Map<VolumeKey, Long> volumes) throws IOException {
		List<VolumeKey> keys = List.copyOf(volumes.keySet());
		VolumeKey key = (request.what() == What.CREATE || keys.isEmpty())
				? new VolumeKey("t".repeat(request.nameLength()), "v" + request.which() + "-" + keys.size())
				: keys.get(request.which() % keys.size());
		Map<String, Label> labels = labels(shelf);
		Map<VolumeKey, Volume> before = found(shelf, keys);
		Long size = volumes.get(key);
		if (size != null && request.what() == What.DELETE) {
			shelf.volumes().delete(key);
			volumes.remove(key);
			return;
		}
		long wanted = (size != null) ? size + request.bytes() : request.bytes();
		try {
			if (size == null) {
				shelf.create(key, new VolumeSpec(wanted, null, request.layout(), null, List.of()));
			}
			else {
				shelf.volumes().grow(key, wanted, ScrubProgress.NONE);
			}
			volumes.put(key, wanted);
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).as(ex.detail()).isEqualTo(Problem.NO_SPACE);
			assertThat(labels(shelf)).as("labels after %s", ex.detail()).isEqualTo(labels);
			assertThat(found(shelf, keys)).isEqualTo(before);
			assertThat(shelf.volumes().find(key).isPresent()).isEqualTo(size != null);
			long free = (long) ROOM - shelf.used("a") - shelf.used("small");
			boolean label = ex.detail().contains("label of device small is full");
			Statistics.label("refusals").collect(label ? LABEL : SPACE);
			if (!label && request.layout() == VolumeRecord.Layout.LINEAR && size == null) {
				assertThat(free * EXTENT).as(ex.detail()).isLessThan(wanted);
			}
		}
		assertThat(shelf.used("a") + shelf.used("small")).isLessThanOrEqualTo(ROOM);
	}

	private static Map<String, Label> labels(Shelf shelf) {
		Map<String, Label> labels = new LinkedHashMap<>();
		shelf.names().forEach((name) -> labels.put(name, shelf.device(name).labels().label()));
		return labels;
	}

	private static Map<VolumeKey, Volume> found(Shelf shelf, List<VolumeKey> keys) {
		Map<VolumeKey, Volume> found = new LinkedHashMap<>();
		keys.forEach((key) -> found.put(key, shelf.find(key)));
		return found;
	}

	@Provide
	Arbitrary<Request> requests() {
		Arbitrary<What> what = Arbitraries.of(What.CREATE, What.CREATE, What.CREATE, What.GROW, What.DELETE);
		Arbitrary<Long> bytes = Arbitraries.longs().between(1, 4 * EXTENT / 4096).map((blocks) -> blocks * 4096);
		Arbitrary<Long> few = Arbitraries.longs().between(1, 4).map((blocks) -> blocks * 4096);
		return Combinators
			.combine(what, Arbitraries.integers().between(0, 1000), Arbitraries.oneOf(bytes, few, few),
					Arbitraries.of(VolumeRecord.Layout.class), Arbitraries.of(1, 150, 250))
			.as(Request::new);
	}

	enum What {

		CREATE, GROW, DELETE

	}

	record Request(What what, int which, long bytes, VolumeRecord.Layout layout, int nameLength) {

	}

}
