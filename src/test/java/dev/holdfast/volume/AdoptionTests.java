package dev.holdfast.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.testing.Refusals;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Volumes that come with a device: from another installation, or ones that nobody here
 * has. On a there are acme/db and globex/db, on a and b the striped acme/log.
 */
class AdoptionTests {

	private static final long EXTENT = Shelf.EXTENT;

	private static final VolumeKey DB = new VolumeKey("acme", "db");

	private static final VolumeKey GLOBEX = new VolumeKey("globex", "db");

	private static final VolumeKey LOG = new VolumeKey("acme", "log");

	private static final byte[] BYTES = Bytes.random(1, 20_000);

	@TempDir
	private Path directory;

	private final Map<VolumeKey, UUID> identities = new LinkedHashMap<>();

	private Shelf origin;

	@BeforeEach
	void makeVolumesElsewhere() throws IOException {
		this.origin = new Shelf(this.directory).with("a", 6).with("b", 6).start("a");
		for (VolumeKey key : List.of(DB, GLOBEX)) {
			this.identities.put(key, this.origin.create(key, VolumeSpec.ofSize(EXTENT)).uuid());
			this.origin.write(key, 100, BYTES);
		}
		this.origin.attach("b");
		this.identities.put(LOG,
				this.origin
					.create(LOG, new VolumeSpec(2 * EXTENT, null, VolumeRecord.Layout.STRIPED, null, List.of("a", "b")))
					.uuid());
		this.origin.write(LOG, 300_000, BYTES);
		this.origin.close();
	}

	@Test
	void takesAllVolumesOver() throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			shelf.adopt("a");
			shelf.adopt("b");
			for (int i = 0; i < 2; i++) {
				shelf.assertSound(DB, GLOBEX, LOG);
				this.identities.forEach((key, uuid) -> assertThat(shelf.find(key).uuid()).isEqualTo(uuid));
				unharmed(shelf, DB, GLOBEX, LOG);
				// They are ours now.
				shelf.restart();
			}
		}
	}

	@Test
	void refusesWithoutLeave() throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			ProblemException refused = untouched(shelf, Problem.FOREIGN_SIGNATURE, () -> shelf.attach("a"));
			assertThat(refused.properties()).containsEntry("labelState", "valid");
			assertThat(refused.detail()).contains("adopt");
			assertThat(shelf.volumes().list("acme")).isEmpty();
		}
	}

	@Test
	void listsTheTenantsThatAreMissing() throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			shelf.missingTenants().addAll(List.of("acme", "globex"));
			ProblemException refused = untouched(shelf, Problem.FOREIGN_SIGNATURE, () -> shelf.adopt("a"));
			assertThat(refused.properties()).containsEntry("missingTenants", List.of("acme", "globex"));
			shelf.missingTenants().remove("acme");
			refused = untouched(shelf, Problem.FOREIGN_SIGNATURE, () -> shelf.adopt("a"));
			assertThat(refused.properties()).containsEntry("missingTenants", List.of("globex"));
			// Nor may a new name lead to one.
			shelf.missingTenants().remove("globex");
			shelf.missingTenants().add("initech");
			refused = untouched(shelf, Problem.FOREIGN_SIGNATURE, () -> shelf.adopt("a", Map.of("log", "initech/log")));
			assertThat(refused.properties()).containsEntry("missingTenants", List.of("initech"));
			shelf.adopt("a");
			unharmed(shelf, DB, GLOBEX);
		}
	}

	@Test
	void listsTheNamesThatAreTaken() throws IOException {
		try (Shelf shelf = this.origin.elsewhere().with("c", 6).start("c")) {
			shelf.create(DB, VolumeSpec.ofSize(EXTENT));
			shelf.create(new VolumeKey("acme", "logs"), VolumeSpec.ofSize(EXTENT));
			ProblemException refused = untouched(shelf, Problem.ALREADY_EXISTS, () -> shelf.adopt("a"));
			assertThat(refused.properties()).containsEntry("takenNames", List.of("acme/db"));
			refused = untouched(shelf, Problem.ALREADY_EXISTS,
					() -> shelf.adopt("a", Map.of("acme/db", "db2", "log", "logs")));
			assertThat(refused.properties()).containsEntry("takenNames", List.of("acme/logs"));
			// Two of the device's own under one name.
			refused = untouched(shelf, Problem.ALREADY_EXISTS,
					() -> shelf.adopt("a", Map.of("acme/db", "new", "log", "new")));
			assertThat(refused.properties()).containsEntry("takenNames", List.of("acme/new"));
			assertThat(shelf.find(DB).devices()).containsExactly(shelf.uuid("c"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Db", "-db", "acme/", "/db", "acme/db/x", "", "acme db" })
	void refusesWhatIsNoName(String name) throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			untouched(shelf, Problem.BAD_NAME, () -> shelf.adopt("a", Map.of("db", name)));
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "db,orders,acme/orders,globex/orders", "acme/db,orders,acme/orders,globex/db",
					"acme/db,initech/orders,initech/orders,globex/db", "globex/db,acme/orders,acme/db,acme/orders" })
	void givesNewNames(String old, String name, String db, String globex) throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			shelf.adopt("a", Map.of(old, name));
			for (int i = 0; i < 2; i++) {
				assertThat(shelf.find(key(db)).uuid()).isEqualTo(this.identities.get(DB));
				assertThat(shelf.find(key(globex)).uuid()).isEqualTo(this.identities.get(GLOBEX));
				unharmed(shelf, key(db), key(globex));
				assertThat(shelf.remembered()).hasSize(3);
				shelf.restart("a");
			}
		}
	}

	@Test
	void prefersTheNewNameForTheTenant() throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			shelf.adopt("a", Map.of("db", "any", "globex/db", "own"));
			assertThat(shelf.find(key("acme/any")).uuid()).isEqualTo(this.identities.get(DB));
			assertThat(shelf.find(key("globex/own")).uuid()).isEqualTo(this.identities.get(GLOBEX));
		}
	}

	@ParameterizedTest
	@CsvSource({ "a,b,log", "a,b,log2", "b,a,log2" })
	void knowsAVolumeOverDevicesByTheNameThatHomeHas(String first, String second, String name) throws IOException {
		try (Shelf shelf = this.origin.elsewhere().startBare()) {
			shelf.adopt(first, Map.of("log", "log2"));
			assertThat(shelf.find(key("acme/log2")).state()).isEqualTo(VolumeState.INCOMPLETE);
			shelf.adopt(second, Map.of("log", name));
			assertThat(shelf.find(key("acme/log2")).state()).isEqualTo(VolumeState.READY);
			assertThat(shelf.volumes().find(LOG)).isEmpty();
			unharmed(shelf, key("acme/log2"));
			shelf.restart(second, first);
			shelf.assertSound(DB, GLOBEX, key("acme/log2"));
			assertThat(shelf.find(key("acme/log2")).uuid()).isEqualTo(this.identities.get(LOG));
		}
	}

	@Test
	void keepsAVolumeOfAnUnknownTenantForWhomeverItIsGivenTo() throws IOException {
		try (Shelf shelf = this.origin) {
			shelf.missingTenants().add("globex");
			// Nothing is remembered any more.
			shelf.with(new MemoryIndex()).start();
			for (int i = 0; i < 2; i++) {
				assertThat(shelf.volumes().find(GLOBEX)).isEmpty();
				assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).extracting(VolumeRecord::uuid)
					.containsExactly(this.identities.get(GLOBEX));
				assertThat(shelf.volumes().unassigned(shelf.uuid("b"))).isEmpty();
				assertThat(shelf.used("a")).as("its extents are kept").isEqualTo(3);
				unharmed(shelf, DB, LOG);
				shelf.restart();
			}
			shelf.attachAgain("a", Map.of("globex/db", "acme/globex"));
			VolumeKey given = key("acme/globex");
			for (int i = 0; i < 2; i++) {
				assertThat(shelf.find(given).uuid()).isEqualTo(this.identities.get(GLOBEX));
				unharmed(shelf, given, DB, LOG);
				assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).isEmpty();
				shelf.restart();
			}
			shelf.assertSound(DB, LOG, given);
		}
	}

	@Test
	void givesAVolumeBackToItsTenant() throws IOException {
		try (Shelf shelf = this.origin) {
			shelf.missingTenants().add("globex");
			shelf.with(new MemoryIndex()).start();
			shelf.missingTenants().remove("globex");
			shelf.attachAgain("a", Map.of());
			unharmed(shelf, GLOBEX);
			assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).isEmpty();
			shelf.restart();
			shelf.assertSound(DB, GLOBEX, LOG);
		}
	}

	@Test
	void doesNotNameAVolumeAfterWhatItCannotBe() throws IOException {
		try (Shelf shelf = this.origin) {
			shelf.missingTenants().addAll(List.of("globex", "initech"));
			shelf.with(new MemoryIndex()).start();
			for (String name : List.of("acme/db", "initech/db")) {
				ProblemException refused = Refusals.of(
						name.startsWith("acme") ? Problem.ALREADY_EXISTS : Problem.FOREIGN_SIGNATURE,
						() -> shelf.attachAgain("a", Map.of("globex/db", name)));
				assertThat(refused.properties()).isNotEmpty();
				// Who asks for nothing else is not told either.
				shelf.attachAgain("a", Map.of());
				assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).singleElement()
					.satisfies((record) -> assertThat(record.tenant() + "/" + record.name()).isEqualTo("globex/db"));
			}
			shelf.restart();
			assertThat(shelf.find(DB).uuid()).isEqualTo(this.identities.get(DB));
			shelf.attachAgain("a", Map.of("globex/db", "acme/globex"));
			unharmed(shelf, DB, key("acme/globex"));
		}
	}

	@Test
	void keepsTheNameThatWasGivenWhileHomeIsAway() throws IOException {
		try (Shelf shelf = this.origin) {
			shelf.missingTenants().add("acme");
			shelf.with(new MemoryIndex()).start();
			shelf.attachAgain("a", Map.of("log", "globex/log", "acme/db", "globex/db2"));
			VolumeKey given = key("globex/log");
			unharmed(shelf, given);
			shelf.restart("b");
			assertThat(shelf.find(given).state()).isEqualTo(VolumeState.UNAVAILABLE);
			Refusals.of(Problem.ALREADY_EXISTS, () -> shelf.create(given, VolumeSpec.ofSize(EXTENT)));
			shelf.attach("a");
			shelf.assertSound(GLOBEX, given, key("globex/db2"));
			unharmed(shelf, given);
		}
	}

	@Test
	void doesNotKeepWhatHomeHasForgotten() throws IOException {
		try (Shelf shelf = this.origin) {
			shelf.start();
			shelf.restart();
			Path withVolume = Files.copy(shelf.file("b"), this.directory.resolve("copy.img"));
			shelf.volumes().delete(LOG);
			shelf.close();
			Files.move(withVolume, shelf.file("b"), StandardCopyOption.REPLACE_EXISTING);
			shelf.missingTenants().addAll(List.of("acme", "globex"));
			shelf.with(new MemoryIndex()).start("b");
			shelf.attach("a");
			assertThat(shelf.used("b")).isZero();
			assertThat(shelf.volumes().unassigned(shelf.uuid("a"))).extracting(VolumeRecord::uuid)
				.containsExactlyInAnyOrder(this.identities.get(DB), this.identities.get(GLOBEX));
		}
	}

	@Test
	void refusesANameThatTheLabelHasNoRoomFor() throws Exception {
		try (Shelf full = new Shelf(this.directory).withSmallLabel("full", 60).start()) {
			List<VolumeKey> filling = full.fillLabel("full");
			full.close();
			try (Shelf shelf = full.elsewhere().startBare()) {
				Map<String, String> longer = new LinkedHashMap<>();
				filling.forEach((key) -> longer.put(key.name(), key.tenant() + "/" + key.name() + "x".repeat(40)));
				untouched(shelf, Problem.NO_SPACE, () -> shelf.adopt("full", longer));
				shelf.adopt("full");
				shelf.assertSound(filling.toArray(VolumeKey[]::new));
			}
		}
	}

	/** Refused, and nothing is changed on any drive. */
	private ProblemException untouched(Shelf shelf, Problem problem, ThrowingCallable call) throws IOException {
		Map<Path, Path> copies = new LinkedHashMap<>();
		for (String name : shelf.names()) {
			Path copy = this.directory.resolve(name + ".copy");
			Files.copy(shelf.file(name), copy, StandardCopyOption.REPLACE_EXISTING);
			copies.put(shelf.file(name), copy);
		}
		ProblemException refused = Refusals.of(problem, call);
		for (Map.Entry<Path, Path> copy : copies.entrySet()) {
			assertThat(Files.mismatch(copy.getKey(), copy.getValue())).isEqualTo(-1);
		}
		return refused;
	}

	private static void unharmed(Shelf shelf, VolumeKey... keys) throws IOException {
		for (VolumeKey key : keys) {
			int offset = key.name().startsWith("log") ? 300_000 : 100;
			Bytes.assertSame(shelf.read(key, offset, BYTES.length), BYTES);
		}
	}

	private static VolumeKey key(String name) {
		String[] parts = name.split("/", -1);
		return new VolumeKey(parts[0], parts[1]);
	}

}
