package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.Refusals;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a change to volumes over several devices that fails after its first,
 * second, third... operation, whatever happens next. The last one that was taken may have
 * been all there was to do.
 */
class CutShortTests {

	private static final long EXTENT = Shelf.EXTENT;

	/**
	 * Of each drive: the same change fits twice, since who failed first may hold on to
	 * what it had.
	 */
	private static final long EXTENTS = 8;

	private static final int LARGE = 6 * (int) EXTENT;

	private static final VolumeKey KEPT = new VolumeKey("acme", "kept");

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final List<String> NAMES = List.of("a", "b", "c");

	private static final int SMALL = 2 * (int) EXTENT;

	private static final int STRIPE = 1 << 20;

	private static final byte[] BYTES = Bytes.random(1, 40_000);

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "2,OFF_AND_ON", "3,HOME_LAST", "2,AGAIN", "3,OTHERS" })
	void creation(int devices, Aftermath aftermath) throws IOException {
		VolumeSpec spec = VolumeSpec.striped(LARGE, STRIPE);
		all(devices, 3 * devices, aftermath, (shelf) -> shelf.create(DB, spec), (shelf) -> {
			if (shelf.volumes().find(DB).isPresent()) {
				assertThat(shelf.find(DB).sizeBytes()).isEqualTo(LARGE);
				Bytes.assertZero(shelf.read(DB, 0, 4 * STRIPE));
				Bytes.assertZero(shelf.read(DB, LARGE - 4 * STRIPE, 4 * STRIPE));
			}
			unharmed(shelf);
		});
	}

	@ParameterizedTest
	@CsvSource({ "2,OFF_AND_ON", "3,HOME_LAST", "2,AGAIN", "3,OTHERS" })
	void growth(int devices, Aftermath aftermath) throws IOException {
		all(devices, 3 * devices, aftermath, (shelf) -> shelf.volumes().grow(KEPT, LARGE, ScrubProgress.NONE),
				(shelf) -> {
					int size = (int) shelf.find(KEPT).sizeBytes();
					assertThat(size).isIn(SMALL, LARGE);
					unharmed(shelf);
					if (size == LARGE) {
						Bytes.assertZero(shelf.read(KEPT, SMALL, 4 * STRIPE));
						Bytes.assertZero(shelf.read(KEPT, LARGE - 4 * STRIPE, 4 * STRIPE));
					}
				});
	}

	@ParameterizedTest
	@CsvSource({ "2,OFF_AND_ON", "3,HOME_LAST", "2,AGAIN", "3,OTHERS" })
	void deletion(int devices, Aftermath aftermath) throws IOException {
		all(devices, 3 + 3 * devices, aftermath, (shelf) -> shelf.volumes().delete(KEPT), (shelf) -> {
			if (shelf.volumes().find(KEPT).isPresent()) {
				unharmed(shelf);
			}
		});
	}

	/**
	 * Tries a change with each number of operations that the drives take.
	 * @param needed operations that it takes, so that a test which tries none would fail
	 */
	private void all(int devices, int needed, Aftermath aftermath, Change change, Check check) throws IOException {
		for (int taken = 0; taken <= needed; taken++) {
			Path place = Files.createDirectory(this.directory.resolve("taken" + taken));
			try (Shelf shelf = new Shelf(place)) {
				for (String name : NAMES.subList(0, devices)) {
					shelf.with(name, (int) EXTENTS);
				}
				shelf.start();
				shelf.create(KEPT, VolumeSpec.striped(SMALL, STRIPE));
				shelf.write(KEPT, STRIPE - 20_000, BYTES);
				shelf.write(KEPT, SMALL - BYTES.length, BYTES);
				// Now all labels say so.
				shelf.restart();
				shelf.engine().refuseAfter(taken);
				boolean done = attempt(shelf, change);
				assertThat(done).as("with %d operations", taken).isEqualTo(taken == needed);
				shelf.engine().refuseAfter(Integer.MAX_VALUE);
				aftermath.happens(shelf, change, done);
				settled(shelf);
				check.run(shelf);
				whatComesNext(shelf);
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError("with %d operations".formatted(taken), ex);
			}
		}
	}

	private static boolean attempt(Shelf shelf, Change change) {
		try {
			change.run(shelf);
			return true;
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).isEqualTo(Problem.DEVICE_NOT_ONLINE);
			return false;
		}
	}

	private static void unharmed(Shelf shelf) throws IOException {
		Bytes.assertSame(shelf.read(KEPT, STRIPE - 20_000, BYTES.length), BYTES);
		Bytes.assertSame(shelf.read(KEPT, SMALL - BYTES.length, BYTES.length), BYTES);
	}

	private static void settled(Shelf shelf) {
		shelf.assertSound(shelf.volumes().list("acme").stream().map(Volume::key).toArray(VolumeKey[]::new));
	}

	/** Nothing has been lost: another volume can have it all. */
	private static void whatComesNext(Shelf shelf) {
		shelf.volumes().list("acme").forEach((volume) -> shelf.volumes().delete(volume.key()));
		shelf.create(DB, VolumeSpec.ofSize(names(shelf).size() * EXTENTS * EXTENT));
	}

	private static List<String> names(Shelf shelf) {
		return NAMES.stream().filter((name) -> shelf.device(name) != null).toList();
	}

	/**
	 * What may happen next.
	 */
	enum Aftermath {

		OFF_AND_ON {
			@Override
			void happens(Shelf shelf, Change change, boolean done) throws IOException {
				shelf.restart();
			}
		},
		/** Without home nothing is decided, however often that happens. */
		HOME_LAST {
			@Override
			void happens(Shelf shelf, Change change, boolean done) throws IOException {
				String[] others = names(shelf).stream().skip(1).toArray(String[]::new);
				for (int i = 0; i < 2; i++) {
					shelf.restart(others);
					shelf.volumes().list("acme").forEach((volume) -> {
						assertThat(volume.state().away()).as("%s", volume).isTrue();
						Refusals.of(Problem.DEVICE_LOST, () -> shelf.volumes().open(volume.key()));
					});
				}
				shelf.attach("a");
			}
		},
		AGAIN {
			@Override
			void happens(Shelf shelf, Change change, boolean done) throws IOException {
				if (!done) {
					assertThat(attempt(shelf, change)).isTrue();
				}
				shelf.restart();
			}
		},
		/** All that is left on each drive is given to others before it is tried again. */
		OTHERS {
			@Override
			void happens(Shelf shelf, Change change, boolean done) throws IOException {
				for (String name : names(shelf).reversed()) {
					SpaceUsage usage = shelf.usage(name);
					long left = usage.free() + usage.dirty();
					if (left > 0) {
						shelf.create(new VolumeKey("acme", "all-of-" + name),
								new VolumeSpec(left, null, VolumeRecord.Layout.LINEAR, null, List.of(name)));
					}
				}
				shelf.restart();
			}
		};

		abstract void happens(Shelf shelf, Change change, boolean done) throws IOException;

	}

	/**
	 * What is cut short.
	 */
	interface Change {

		void run(Shelf shelf);

	}

	/**
	 * What is right afterwards.
	 */
	interface Check {

		void run(Shelf shelf) throws IOException;

	}

}
