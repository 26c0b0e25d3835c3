package dev.holdfast.powerloss;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.engine.IoKind;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Each flush is needed: without it the histories of {@link PowerLossTests} fail. A flush
 * is taken out by line: the engine answers at once what comes from there and does
 * nothing, which is what the code would do without that line. The lines are found in the
 * compiled classes, so one that is added has to show its worth as well.
 */
@ExtendWith(QuietHistories.class)
class FlushMutationTests {

	private static final int SEEDS = 1000;

	private static final FlushSites SITES = new FlushSites();

	@TempDir
	private Path directory;

	@Test
	void shouldReachEachFlush() throws Exception {
		Set<String> reached = ConcurrentHashMap.newKeySet();
		new Seeds(this.directory, 0, 200).run((operation) -> {
			if (operation.kind() == IoKind.FLUSH) {
				reached.addAll(SITES.current());
			}
			return false;
		});
		assertThat(reached).containsExactlyInAnyOrderElementsOf(SITES.all()).hasSizeGreaterThanOrEqualTo(6);
	}

	@TestFactory
	Iterable<DynamicTest> shouldFailWithoutEachFlush() {
		return SITES.all()
			.stream()
			.map((site) -> DynamicTest.dynamicTest(site,
					() -> assertFound("the flush at " + site,
							(operation) -> operation.kind() == IoKind.FLUSH && SITES.current().contains(site))))
			.toList();
	}

	/**
	 * The scrub itself does not flush: it relies on the commit that hands out the
	 * extents.
	 */
	@Test
	void shouldShowOldBytesWithoutTheFirstFlushOfACommit() throws Exception {
		String first = SITES.all()
			.stream()
			.filter((site) -> site.startsWith("device.LabelStore.write:"))
			.findFirst()
			.orElseThrow();
		Violation violation = assertFound(first,
				(operation) -> operation.kind() == IoKind.FLUSH && SITES.current().contains(first));
		assertThat(violation).hasMessageContaining("holds old bytes of another");
	}

	@Test
	void shouldFailIfAWriteWithFuaIsLikeAnyOther() throws Exception {
		assertFound("fua", (operation) -> operation.kind() == IoKind.WRITE);
	}

	private Violation assertFound(String what, Sabotage sabotage) throws Exception {
		Violation violation = new Seeds(this.directory, 0, SEEDS).run(sabotage);
		if (violation == null) {
			return fail("without %s none of %d histories fails", what, SEEDS);
		}
		return violation;
	}

}
