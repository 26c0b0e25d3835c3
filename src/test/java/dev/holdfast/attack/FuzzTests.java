package dev.holdfast.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests made of the description of the HTTP face, good and bad, by everybody who may
 * ask: {@code holdfast.fuzz.requests} of them from {@code holdfast.fuzz.seed}. Each
 * answer is one that the description allows, and no fault of the service.
 */
@ServiceTest
class FuzzTests extends Attack {

	private static final int REQUESTS = Integer.getInteger("holdfast.fuzz.requests", 100_000);

	private static final long SEED = Long.getLong("holdfast.fuzz.seed", 1);

	private static final int CLIENTS = 4;

	/** One fault often hides another: a few are shown. */
	private static final int MOST_FAILURES = 20;

	/** What the container says of any request: {@code default} in the description. */
	private static final Set<Integer> OF_THE_SERVER = Set.of(400, 413, 414, 417, 431, 501, 505);

	private static final Set<Integer> OF_ROUTES_THAT_ARE_NONE = Set.of(200, 400, 401, 403, 404, 405, 406, 414, 415, 429,
			431, 501, 505);

	private static final Set<Integer> SERVER_ERRORS = Set.of(501, 503, 504, 505, 507);

	private static final Pattern TOKEN = Pattern.compile("hf_[a-z0-9]+_[\\w-]{43}");

	private final AtomicLong next = new AtomicLong();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();

	@Test
	@Timeout(600)
	void shouldAnswerWhateverIsAsked() throws Exception {
		String admin = this.stage.admin();
		String tenant = this.stage.token("fuzzed", "tenant");
		List<String> roles = List.of(admin, tenant, tenant, tenant, this.stage.token("fuzzed", "reader"), "");
		for (String volume : List.of("anchor", "a", "b")) {
			this.stage.make("/v1/tenants/fuzzed/volumes/" + volume, tenant, 1 << 16);
		}
		ApiDocument document = new ApiDocument(this.stage.get("/v3/api-docs", admin).text());
		Fuzzer fuzzer = new Fuzzer(document, roles, SEED);
		long start = System.nanoTime();
		try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				running.add(clients.submit(() -> {
					run(fuzzer);
					return null;
				}));
			}
			for (Future<?> each : running) {
				each.get();
			}
		}
		System.out.printf("%d requests of seed %d in %d ms, answered %s%n", REQUESTS, SEED,
				(System.nanoTime() - start) / 1_000_000, this.statuses);
		assertThat(this.failures).isEmpty();
		assertThat(this.statuses).as("it gets everywhere").containsKeys(200, 201, 204, 206, 400, 401, 403, 404, 405);
		assertThat(this.stage.get("/v1/me", tenant).status()).isEqualTo(200);
	}

	private void run(Fuzzer fuzzer) throws IOException {
		Collection<String> secrets = this.stage.secrets();
		try (Caller caller = new Caller(this.port)) {
			for (long number = this.next.getAndIncrement(); number < REQUESTS; number = this.next.getAndIncrement()) {
				FuzzedRequest request = fuzzer.request(number);
				try {
					Answer answer = caller.ask(request.method(), request.head(), request.body());
					check(request, answer, secrets);
					this.statuses.merge(answer.status(), 1, Integer::sum);
					resumeDevice(request, answer, caller);
				}
				catch (AssertionError | RuntimeException | IOException ex) {
					this.failures
						.add("Request %d of seed %d: %s%n%s".formatted(number, SEED, ex.getMessage(), request));
					if (this.failures.size() >= MOST_FAILURES) {
						this.next.set(REQUESTS);
					}
				}
			}
		}
	}

	/**
	 * Everybody's I/O would wait for ever, or find no room.
	 */
	private static void resumeDevice(FuzzedRequest request, Answer answer, Caller caller) throws IOException {
		ApiDocument.Described operation = request.operation();
		if (operation != null && operation.path().endsWith(":suspend") && answer.status() == 200) {
			Answer resumed = caller.ask("POST", request.head().replaceFirst("suspend", "resume"), request.body());
			Oracle.require(resumed.status() == 200, resumed, "does not resume");
		}
		if (operation != null && operation.path().endsWith(":drain") && answer.status() == 202) {
			String cancel = answer.header("location") + ":cancel";
			caller.ask("POST", request.head().replaceFirst("/v1/devices/\\S*", cancel), request.body());
			caller.ask("POST", request.head().replaceFirst("drain", "resume"), request.body());
		}
	}

	private static void check(FuzzedRequest request, Answer answer, Collection<String> secrets) {
		int status = answer.status();
		Oracle.require(status < 500 || SERVER_ERRORS.contains(status), answer, "is a fault");
		Oracle.require(status >= 200, answer, "is none");
		ApiDocument.Described operation = request.operation();
		boolean described = (operation != null)
				? operation.statuses().contains(String.valueOf(status)) || OF_THE_SERVER.contains(status)
				: OF_ROUTES_THAT_ARE_NONE.contains(status);
		Oracle.require(described, answer, "is not described");
		if (status >= 400 && !request.method().equals("HEAD")) {
			Oracle.assertProblem(answer);
		}
		if (operation == null || !operation.path().startsWith("/v1/devices") || status >= 300) {
			// An administrator is told where drives are.
			Oracle.assertDiscreet(answer, secrets);
		}
		boolean issues = operation != null && operation.path().endsWith("/tokens/{name}") && status < 300;
		Oracle.require(issues || !TOKEN.matcher(answer.text()).find(), answer, "has a token");
	}

}
