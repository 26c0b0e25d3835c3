package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.LabelContent;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.Refusals;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes of which not all devices are here, or whose devices do not agree. Home is a.
 */
class AbsentDevicesTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey OTHER = new VolumeKey("acme", "other");

	private static final VolumeSpec STRIPED = VolumeSpec.striped(2 * EXTENT, 4096);

	private static final byte[] BYTES = Bytes.random(1, 50_000);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "a", "b", "" })
	void isUnavailableUntilAllAreHere(String present) throws IOException {
		try (Shelf shelf = two()) {
			Volume made = shelf.create(DB, STRIPED);
			shelf.write(DB, 1000, BYTES);
			shelf.restart(present.isEmpty() ? new String[0] : new String[] { present });
			Volume away = shelf.find(DB);
			assertThat(away).isEqualTo(made.in(VolumeState.UNAVAILABLE, away.reason()));
			assertThat(away.reason()).isNotNull();
			assertThat(shelf.volumes().list("acme")).containsExactly(away);
			ProblemException lost = Refusals.of(Problem.DEVICE_LOST, () -> shelf.read(DB, 0, 4096));
			assertThat(lost.properties()).containsEntry("retryable", true);
			Refusals.of(Problem.DEVICE_LOST, () -> shelf.write(DB, 0, BYTES));
			Refusals.of(Problem.DEVICE_LOST, () -> shelf.flush(DB));
			Refusals.of(Problem.DEVICE_LOST, () -> shelf.volumes().grow(DB, 4 * EXTENT, ScrubProgress.NONE));
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(DB, VolumeSpec.ofSize(EXTENT)));
			assertThat(shelf.volumes().create(DB, STRIPED)).isEqualTo(new Creation(away, false));
			for (String name : List.of("a", "b")) {
				if (!name.equals(present)) {
					shelf.attach(name);
				}
			}
			assertThat(shelf.find(DB)).isEqualTo(made);
			Bytes.assertSame(shelf.read(DB, 1000, BYTES.length), BYTES);
			shelf.assertSound(DB);
		}
	}

	@Test
	void leavesEverythingAloneWithoutHome() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.restart();
			LabelContent before = shelf.device("b").labels().label().content();
			for (int i = 0; i < 2; i++) {
				shelf.restart("b");
				assertThat(shelf.device("b").labels().label().content()).isEqualTo(before);
				assertThat(shelf.used("b")).isOne();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "b" })
	void isStillCalledAndSizedAsBefore(String present) throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, VolumeSpec.striped(EXTENT, 4096));
			// Home's label says so, and the other's not before its next commit.
			Volume grown = shelf.volumes().grow(DB, 2 * EXTENT, ScrubProgress.NONE);
			shelf.restart(present);
			assertThat(shelf.find(DB).sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(shelf.find(DB).epoch()).isEqualTo(grown.epoch());
			shelf.restart();
			assertThat(shelf.find(DB)).isEqualTo(grown);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "b", "" })
	void canBeDeletedWhileADeviceIsAway(String present) throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.restart();
			shelf.restart(present.isEmpty() ? new String[0] : new String[] { present });
			shelf.volumes().delete(DB);
			assertThat(shelf.volumes().find(DB)).isEmpty();
			Refusals.of(Problem.NOT_FOUND, () -> shelf.volumes().delete(DB));
			if (!present.isEmpty()) {
				assertThat(shelf.used(present)).isZero();
				assertThat(shelf.dirty(present)).isOne();
			}
			shelf.restart(present.isEmpty() ? new String[0] : new String[] { present });
			assertThat(shelf.volumes().find(DB)).isEmpty();
			if (!present.isEmpty()) {
				// Its name and its extents are another's now.
				shelf.create(DB, VolumeSpec.ofSize(8 * EXTENT));
				shelf.write(DB, 0, BYTES);
			}
			shelf.restart("b", "a");
			assertThat(shelf.used("a") + shelf.used("b")).isEqualTo(present.isEmpty() ? 0 : 8);
			shelf.assertSound(present.isEmpty() ? new VolumeKey[0] : new VolumeKey[] { DB });
			if (!present.isEmpty()) {
				Bytes.assertSame(shelf.read(DB, 0, BYTES.length), BYTES);
			}
			// What is remembered of it is forgotten.
			assertThat(shelf.remembered()).hasSize(present.isEmpty() ? 0 : 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "b" })
	void isIncompleteIfItNeverWasComplete(String first) throws IOException {
		UUID uuid;
		try (Shelf origin = two()) {
			uuid = origin.create(DB, STRIPED).uuid();
			origin.write(DB, 3000, BYTES);
			origin.close();
			try (Shelf shelf = origin.elsewhere().startBare()) {
				shelf.adopt(first);
				for (int i = 0; i < 2; i++) {
					Volume volume = shelf.find(DB);
					assertThat(volume.state()).isEqualTo(VolumeState.INCOMPLETE);
					assertThat(volume.uuid()).isEqualTo(uuid);
					Refusals.of(Problem.DEVICE_LOST, () -> shelf.read(DB, 0, 4096));
					shelf.restart(first);
				}
				shelf.adopt(first.equals("a") ? "b" : "a");
				assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.READY);
				Bytes.assertSame(shelf.read(DB, 3000, BYTES.length), BYTES);
				shelf.assertSound(DB);
				shelf.restart(first);
				assertThat(shelf.find(DB).state()).as("it was complete once").isEqualTo(VolumeState.UNAVAILABLE);
			}
		}
	}

	@Test
	void canBeDeletedIfItNeverWasComplete() throws IOException {
		try (Shelf origin = two()) {
			origin.create(DB, STRIPED);
			origin.close();
			try (Shelf shelf = origin.elsewhere().startBare()) {
				shelf.adopt("b");
				shelf.volumes().delete(DB);
				assertThat(shelf.used("b")).isZero();
				shelf.adopt("a");
				shelf.assertSound();
			}
		}
	}

	@Test
	void canBeDeletedAgainAfterARestartWithoutAllDevices() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.restart();
			// Home's label has it, and nothing else is done any more.
			shelf.engine().refuseAfter(3);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> shelf.volumes().delete(DB));
			shelf.restart("a");
			assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.DELETING);
			shelf.volumes().delete(DB);
			assertThat(shelf.volumes().find(DB)).isEmpty();
			assertThat(shelf.used("a")).isZero();
			shelf.create(DB, VolumeSpec.ofSize(EXTENT));
			shelf.attach("b");
			shelf.restart();
			shelf.assertSound(DB);
			assertThat(shelf.used("b")).isZero();
		}
	}

	@Test
	void completesADeletionWhenTheOtherDeviceComes() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.restart();
			shelf.engine().refuseAfter(3);
			Refusals.of(Problem.DEVICE_NOT_ONLINE, () -> shelf.volumes().delete(DB));
			shelf.restart("a");
			assertThat(shelf.used("a")).as("home goes last").isOne();
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(DB, STRIPED));
			Refusals.of(Problem.NOT_FOUND, () -> shelf.read(DB, 0, 4096));
			shelf.attach("b");
			assertThat(shelf.volumes().find(DB)).isEmpty();
			shelf.assertSound();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a,b", "b,a" })
	void hasFailedIfAnotherLabelDoesNotHaveItsExtents(String order) throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(OTHER, VolumeSpec.striped(2 * EXTENT, 4096));
			shelf.write(OTHER, 0, BYTES);
			shelf.restart();
			Path before = copy(shelf, "b");
			shelf.create(DB, STRIPED);
			shelf.close();
			// Somebody restores the drive from a copy.
			Files.copy(before, shelf.file("b"), StandardCopyOption.REPLACE_EXISTING);
			shelf.start(order.split(","));
			Volume failed = shelf.find(DB);
			assertThat(failed.state()).isEqualTo(VolumeState.FAILED);
			assertThat(failed.reason()).contains("device b");
			Refusals.of(Problem.IO_ERROR, () -> shelf.read(DB, 0, 4096));
			Refusals.of(Problem.IO_ERROR, () -> shelf.volumes().grow(DB, 4 * EXTENT, ScrubProgress.NONE));
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(DB, VolumeSpec.ofSize(EXTENT)));
			assertThat(shelf.used("a")).isEqualTo(2);
			assertThat(shelf.used("b")).isOne();
			assertThat(shelf.find(OTHER).state()).isEqualTo(VolumeState.READY);
			Bytes.assertSame(shelf.read(OTHER, 0, BYTES.length), BYTES);
			shelf.volumes().delete(DB);
			assertThat(shelf.used("a")).isOne();
			shelf.create(DB, VolumeSpec.ofSize(18 * EXTENT));
			shelf.restart();
			shelf.assertSound(DB, OTHER);
			Bytes.assertSame(shelf.read(OTHER, 0, BYTES.length), BYTES);
			assertThat(shelf.remembered()).hasSize(2);
		}
	}

	@Test
	void hasFailedIfAnotherLabelHasOnlySomeOfItsExtents() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.restart();
			Path before = copy(shelf, "b");
			shelf.volumes().grow(DB, 6 * EXTENT, ScrubProgress.NONE);
			shelf.close();
			Files.copy(before, shelf.file("b"), StandardCopyOption.REPLACE_EXISTING);
			shelf.start();
			assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.FAILED);
			assertThat(shelf.used("b")).as("what it has is kept").isOne();
			assertThat(shelf.used("a")).isEqualTo(3);
			shelf.volumes().delete(DB);
			shelf.restart();
			shelf.assertSound();
		}
	}

	@Test
	void isNotTheVolumeThatHomeHasForgotten() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(OTHER, VolumeSpec.striped(2 * EXTENT, 4096));
			shelf.restart();
			Path before = copy(shelf, "a");
			shelf.create(DB, STRIPED);
			shelf.write(OTHER, 0, BYTES);
			shelf.close();
			Files.copy(before, shelf.file("a"), StandardCopyOption.REPLACE_EXISTING);
			shelf.start("b");
			assertThat(shelf.find(DB).state()).isEqualTo(VolumeState.UNAVAILABLE);
			shelf.attach("a");
			assertThat(shelf.volumes().find(DB)).isEmpty();
			assertThat(shelf.dirty("b")).as("what home knows nothing of is void").isOne();
			shelf.assertSound(OTHER);
			assertThat(shelf.remembered()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a,b", "b,a" })
	void isWhatHomeSaysAfterAGrowthThatHomeHasForgotten(String order) throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, STRIPED);
			shelf.write(DB, 0, BYTES);
			shelf.restart();
			Path before = copy(shelf, "a");
			shelf.volumes().grow(DB, 6 * EXTENT, ScrubProgress.NONE);
			shelf.close();
			Files.copy(before, shelf.file("a"), StandardCopyOption.REPLACE_EXISTING);
			shelf.start(order.split(","));
			assertThat(shelf.find(DB).sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(shelf.used("b")).isOne();
			assertThat(shelf.dirty("b")).isEqualTo(2);
			shelf.assertSound(DB);
		}
	}

	@Test
	void staysWhereItIsWhenAnotherIsNamedLikeIt() throws IOException {
		try (Shelf shelf = two()) {
			shelf.create(DB, new VolumeSpec(EXTENT, null, VolumeRecord.Layout.LINEAR, null, List.of("a")));
			shelf.close();
			// Nothing is remembered any more.
			shelf.with(new MemoryIndex()).start("b");
			shelf.create(DB, VolumeSpec.ofSize(2 * EXTENT));
			shelf.attach("a");
			assertThat(shelf.find(DB).sizeBytes()).isEqualTo(2 * EXTENT);
			assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).singleElement()
				.satisfies((record) -> assertThat(record.name()).isEqualTo("db"));
			assertThat(shelf.used("a")).isOne();
		}
	}

	private Shelf two() throws IOException {
		return new Shelf(this.directory).with("a", 10).with("b", 10).start();
	}

	/** As the drive is now, but for what is not written yet: nothing is. */
	private Path copy(Shelf shelf, String name) throws IOException {
		return Files.copy(shelf.file(name), this.directory.resolve("copy.img"));
	}

}
