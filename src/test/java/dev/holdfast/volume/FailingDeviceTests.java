package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.testing.LoopDevice;
import dev.holdfast.testing.Refusals;
import dev.holdfast.testing.RequiresRoot;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes while one of several drives takes no writes any more, and is still there.
 */
@RequiresRoot
@RequiresTool("losetup")
class FailingDeviceTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final long SIZE = (2L << 20) + 20 * EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	@TempDir
	private Path directory;

	private LoopDevice failing;

	private Shelf shelf;

	@BeforeEach
	void start() throws IOException {
		this.failing = LoopDevice.create(Path.of("/dev/shm"), SIZE);
		// The one with most room comes first, as none is known to be zero.
		this.shelf = new Shelf(this.directory).with("failing", this.failing.device())
			.withSoiled("b", 8)
			.withSoiled("c", 8)
			.start();
		this.logged.start();
		logger().addAppender(this.logged);
	}

	@AfterEach
	void stop() throws IOException {
		logger().detachAppender(this.logged);
		this.failing.resize(SIZE);
		this.shelf.close();
		this.failing.close();
	}

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger(VolumeFailures.class);
	}

	@Test
	void shouldMakeVolumesOnOthers() throws IOException {
		this.failing.resize(512);
		Volume made = this.shelf.create(DB, VolumeSpec.ofSize(2 * EXTENT));
		assertThat(made.devices()).doesNotContain(this.shelf.uuid("failing")).hasSize(1);
		VolumeKey striped = new VolumeKey("acme", "striped");
		assertThat(this.shelf.create(striped, VolumeSpec.striped(4 * EXTENT, 1 << 20)).devices())
			.containsExactlyInAnyOrder(this.shelf.uuid("b"), this.shelf.uuid("c"));
		assertThat(this.logged.list).isNotEmpty().allSatisfy((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.WARN);
			assertThat(event.getFormattedMessage()).contains("on failing: ");
		});
		// All that was taken is given back, and what was made outlives a restart.
		this.failing.resize(SIZE);
		assertThat(this.shelf.used("failing")).isZero();
		this.shelf.restart();
		this.shelf.assertSound(DB, striped);
	}

	@Test
	void shouldNameTheDeviceIfNoOtherHasRoom() {
		this.failing.resize(512);
		ProblemException refusal = Refusals.of(Problem.IO_ERROR,
				() -> this.shelf.create(DB, VolumeSpec.ofSize(18 * EXTENT)));
		assertThat(refusal.detail()).contains("device failing failed with E");
		assertThat(this.shelf.volumes().find(DB)).isEmpty();
		this.failing.resize(SIZE);
		this.shelf.create(DB, VolumeSpec.ofSize(36 * EXTENT));
	}

	/**
	 * What was zeroed is not committed: each second label goes to the end of the drive.
	 */
	@Test
	void shouldMakeVolumesOnOthersIfOnlyTheLabelFails() throws IOException {
		this.failing.resize(SIZE - (1 << 20));
		VolumeKey[] keys = new VolumeKey[3];
		for (int i = 0; i < keys.length; i++) {
			keys[i] = new VolumeKey("acme", "v" + i);
			this.shelf.create(keys[i], VolumeSpec.ofSize(EXTENT));
		}
		assertThat(this.logged.list).isNotEmpty();
		this.failing.resize(SIZE);
		this.shelf.restart();
		this.shelf.assertSound(keys);
	}

	@Test
	void shouldNotUseOthersThanThoseThatWereNamed() {
		this.failing.resize(512);
		VolumeSpec named = new VolumeSpec(EXTENT, null, null, null, List.of("failing", "b"));
		assertThat(Refusals.of(Problem.IO_ERROR, () -> this.shelf.create(DB, named)).detail())
			.contains("device failing failed");
		assertThat(this.shelf.volumes().find(DB)).isEmpty();
	}

	@Test
	void shouldNameTheDeviceOfAGrowth() {
		this.shelf.create(DB, VolumeSpec.ofSize(EXTENT));
		this.failing.resize(512);
		assertThat(Refusals.of(Problem.IO_ERROR, () -> this.shelf.volumes().grow(DB, 2 * EXTENT, ScrubProgress.NONE))
			.detail()).contains("could not be grown: device failing failed");
	}

}
