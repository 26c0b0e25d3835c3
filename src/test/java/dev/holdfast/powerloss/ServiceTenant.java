package dev.holdfast.powerloss;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import dev.holdfast.device.Geometry;
import dev.holdfast.ops.Client;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A tenant that does one thing after the other over HTTP and remembers what it was
 * answered, over all restarts. When a process is killed nothing of that may be lost,
 * flushed or not.
 */
final class ServiceTenant {

	private static final int NAMES = 4;

	private static final long LARGEST = 4 * Geometry.EXTENT_SIZE;

	private final String name;

	private final Random random;

	private final LongSupplier stamps;

	private final Map<String, Holding> holdings = new TreeMap<>();

	/**
	 * A tenant without volumes.
	 * @param stamps numbers for writes; nobody else gets the same
	 */
	ServiceTenant(String name, Random random, LongSupplier stamps) {
		this.name = name;
		this.random = random;
		this.stamps = stamps;
	}

	String name() {
		return this.name;
	}

	String path() {
		return "/v1/tenants/" + this.name + "/volumes";
	}

	/**
	 * Does something, waiting for the answer.
	 * @throws java.io.IOException if none came
	 */
	void act(Client client) throws Exception {
		String volume = "volume-" + this.random.nextInt(NAMES);
		String path = path() + "/" + volume;
		Holding holding = this.holdings.get(volume);
		int choice = this.random.nextInt(20);
		if (holding == null) {
			create(client, volume, path);
		}
		else if (choice < 12) {
			write(client, path, holding, choice < 4);
		}
		else if (choice < 13) {
			require(client.post(path + ":flush"), 204);
		}
		else if (choice < 15) {
			HotSpots.Range range = HotSpots.any(holding.size, this.random);
			holding.expected.check(path, range.offset(), read(client, path, range), false);
		}
		else if (choice < 17) {
			grow(client, path, holding);
		}
		else {
			holding.expected.in(ExpectedVolume.Phase.DELETING);
			require(client.delete(path), 204);
			this.holdings.remove(volume);
		}
	}

	private void create(Client client, String volume, String path) throws Exception {
		Holding holding = new Holding(HotSpots.size(this.random));
		this.holdings.put(volume, holding);
		String layout = this.random.nextBoolean() ? "linear" : "striped\",\"stripeBytes\":\"64KiB";
		HttpResponse<String> response = client.put(path,
				"{\"sizeBytes\":%d,\"layout\":\"%s\"}".formatted(holding.size, layout));
		if (succeeds(client, response, 201)) {
			holding.expected.in(ExpectedVolume.Phase.LIVE);
			holding.shown = Client.lasting(Client.json(client.get(path)));
		}
		else {
			this.holdings.remove(volume);
		}
	}

	private void write(Client client, String path, Holding holding, boolean fua) throws Exception {
		HotSpots.Range range = HotSpots.any(holding.size, this.random);
		byte[] bytes = holding.expected.write(range.offset(), range.length(), this.stamps.getAsLong());
		require(client.put("%s/data?offset=%d&fua=%s".formatted(path, range.offset(), fua), bytes), 204);
		holding.expected.settle(range.offset(), range.length());
	}

	private void grow(Client client, String path, Holding holding) throws Exception {
		if (holding.size < LARGEST) {
			holding.growing = holding.size + HotSpots.size(this.random);
			if (succeeds(client, client.patch(path, "{\"sizeBytes\":%d}".formatted(holding.growing)), 200)) {
				holding.size = holding.growing;
				holding.shown = null;
				holding.shown = Client.lasting(Client.json(client.get(path)));
			}
			holding.growing = 0;
		}
	}

	/**
	 * Whether it was done, now or by the operation that was answered.
	 * @return {@code false} if there is no space for it
	 */
	private static boolean succeeds(Client client, HttpResponse<String> response, int status) {
		if (response.statusCode() == 202) {
			String operation = response.headers().firstValue("Location").orElseThrow();
			JsonNode ended = Awaitility.await()
				.until(() -> Client.json(client.get(operation)),
						(shown) -> !shown.path("state").asString().equals("running"));
			if (!ended.path("state").asString().equals("succeeded")) {
				throw new Violation("%s ended: %s".formatted(operation, ended));
			}
			return true;
		}
		if (response.statusCode() != 507) {
			require(response, status);
		}
		return response.statusCode() == status;
	}

	/**
	 * After a restart: the volumes that were acknowledged are there, whole, and no
	 * others; what was written is in them. What is found is what is expected from now on.
	 */
	void check(Client client) throws Exception {
		Map<String, JsonNode> found = new TreeMap<>();
		for (JsonNode volume : Client.json(require(client.get(path()), 200)).get("volumes")) {
			found.put(volume.get("name").asString(), volume);
		}
		Set<String> names = new HashSet<>(this.holdings.keySet());
		names.addAll(found.keySet());
		for (String volume : names) {
			Holding holding = this.holdings.get(volume);
			JsonNode shown = found.get(volume);
			if (holding == null) {
				throw new Violation(
						"%s of %s was deleted, or refused, and is there: %s".formatted(volume, this.name, shown));
			}
			if (shown != null) {
				check(client, path() + "/" + volume, holding, shown);
			}
			else if (holding.expected.phase() == ExpectedVolume.Phase.LIVE) {
				throw new Violation("%s of %s was acknowledged and is gone".formatted(volume, this.name));
			}
			else {
				this.holdings.remove(volume);
			}
		}
	}

	private static void check(Client client, String path, Holding holding, JsonNode shown) throws Exception {
		long size = shown.get("sizeBytes").asLong();
		boolean grown = size == holding.growing;
		String before = holding.shown;
		if (!shown.get("state").asString().equals("ready") || (size != holding.size && !grown)
				|| (before != null && !grown && !Client.lasting(shown).equals(before))) {
			throw new Violation("%s is %s, and was to have %d bytes: %s".formatted(path, shown, holding.size, before));
		}
		holding.size = size;
		holding.growing = 0;
		holding.shown = Client.lasting(shown);
		for (HotSpots.Range spot : HotSpots.of(size)) {
			holding.expected.check(path, spot.offset(), read(client, path, spot), true);
		}
		holding.expected.in(ExpectedVolume.Phase.LIVE);
	}

	/**
	 * Deletes all that it has.
	 */
	void leave(Client client) throws Exception {
		for (String volume : this.holdings.keySet()) {
			require(client.delete(path() + "/" + volume), 204);
		}
		this.holdings.clear();
	}

	private static byte[] read(Client client, String path, HotSpots.Range range) throws Exception {
		HttpResponse<byte[]> response = client.getBytes(path + "/data", "Range",
				"bytes=%d-%d".formatted(range.offset(), range.offset() + range.length() - 1));
		if (response.statusCode() != 206) {
			throw new Violation("%s was answered %d".formatted(path, response.statusCode()));
		}
		return response.body();
	}

	private static HttpResponse<String> require(HttpResponse<String> response, int status) {
		if (response.statusCode() != status) {
			throw new Violation("%s %s was answered %d: %s".formatted(response.request().method(),
					response.request().uri(), response.statusCode(), response.body()));
		}
		return response;
	}

	private static final class Holding {

		private final ExpectedVolume expected;

		private long size;

		/** The size that it may have already, or 0. */
		private long growing;

		/** What was answered last. */
		private @Nullable String shown;

		Holding(long size) {
			this.expected = new ExpectedVolume(size);
			this.size = size;
		}

	}

}
