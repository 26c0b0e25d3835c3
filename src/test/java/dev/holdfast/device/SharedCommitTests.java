package dev.holdfast.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedCommitTests {

	@TempDir
	private Path directory;

	@Test
	void hasEveryChangeOnTheLabelWhenItReturns() throws Exception {
		try (Rig rig = Rig.open(Rig.Kind.PSYNC);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Device device = rig.attach(Rig.sparse(this.directory, 400L << 20));
			Set<Integer> dirty = ConcurrentHashMap.newKeySet();
			AtomicInteger writers = new AtomicInteger();
			SharedCommit commits = new SharedCommit(device.labels(), () -> {
				assertThat(writers.incrementAndGet()).as("one at a time").isEqualTo(1);
				LabelContent content = content(device, dirty);
				writers.decrementAndGet();
				return content;
			});
			long before = device.labels().label().sequence();
			List<Future<?>> changes = new ArrayList<>();
			for (int i = 0; i < 90; i++) {
				int extent = i;
				changes.add(threads.submit(() -> {
					dirty.add(extent);
					commits.commit();
					assertThat(device.labels().label().content().runs())
						.contains(new ExtentRun(extent, 1, ExtentState.DIRTY));
					return null;
				}));
			}
			for (Future<?> change : changes) {
				change.get();
			}
			assertThat(device.labels().label().sequence() - before).as("commits for 90 changes").isBetween(1L, 60L);
		}
	}

	@Test
	void tellsAllThatShareACommitThatItFailed() throws Exception {
		List<RecordingEngine> recording = new ArrayList<>();
		try (Rig rig = Rig.open(Rig.Kind.PSYNC, (engine) -> {
			recording.add(new RecordingEngine(engine));
			return recording.getFirst();
		})) {
			Device device = rig.attach(Rig.sparse(this.directory, 64L << 20));
			SharedCommit commits = new SharedCommit(device.labels(), () -> content(device, Set.of()));
			recording.getFirst().refuseAfter(0);
			assertThatIllegalStateException().isThrownBy(commits::commit);
			recording.getFirst().refuseAfter(Integer.MAX_VALUE);
			commits.commit();
		}
	}

	private static LabelContent content(Device device, Set<Integer> dirty) {
		List<ExtentRun> runs = new ArrayList<>();
		for (int i = 0; i < device.geometry().extentCount(); i++) {
			runs.add(new ExtentRun(i, 1, dirty.contains(i) ? ExtentState.DIRTY : ExtentState.FREE));
		}
		return new LabelContent(runs, List.of());
	}

}
