package dev.holdfast.attack;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tokens of every wrong form, and many of them.
 */
@ServiceTest
class TokenAttackTests extends Attack {

	private static final int BAD = 5_000;

	@AfterEach
	void isForgotten() {
		await().atMost(Duration.ofSeconds(10)).until(() -> this.stage.get("/v1/me", "Bearer hf_x").status() == 401);
	}

	@Test
	void shouldLetNobodyInWithATokenThatIsNone() throws Exception {
		String good = this.stage.mallory().substring("Bearer ".length());
		String id = good.split("_", -1)[1];
		String secret = good.substring(good.indexOf('_', 3) + 1);
		List<String> wrong = new ArrayList<>(List.of(good, "bearer", "Bearer", "Bearer ", "Bearer  ", "Basic", "Basic ",
				"Bearer " + good + "x", "Bearer " + good.substring(1), "Bearer " + good.substring(0, good.length() - 1),
				"Bearer " + good.toUpperCase(java.util.Locale.ROOT), "Bearer " + good + " " + good,
				"Bearer " + good + "," + good, "Bearer \"" + good + "\"", "Bearer\u00a0" + good, "Token " + good,
				"Digest " + good, "Negotiate " + good, "Bearer hf_" + id + "_", "Bearer hf__" + secret,
				"Bearer hf_" + id + "_" + "A".repeat(43) + "_00000000", "Bearer hf_" + "z".repeat(12) + "_" + secret,
				"Bearer hf_" + id + "'--_" + secret, "Bearer hf_%_" + secret, "Bearer hf_*_" + secret,
				"Bearer " + "x".repeat(10_000), "Bearer " + "_".repeat(5_000), "Bearer \u00e9\u00ff", "Bearer null",
				"Bearer undefined", "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic " + good, "Basic ====",
				"Basic " + base64(good), "Basic " + base64(":"), "Basic " + base64("a:"), "Basic " + base64(good + ":"),
				"Basic " + base64("a:" + good + "\n"), "Basic " + base64("a:" + good) + "=",
				"Basic " + base64("a:" + good + ":b"), "Basic \u00e9", "Basic " + base64("\ud83d\ude00:x"), ", ", "=",
				"\u0001"));
		for (int i = 0; i < secret.length(); i += 5) {
			char other = (secret.charAt(i) == 'A') ? 'B' : 'A';
			wrong.add("Bearer hf_" + id + "_" + secret.substring(0, i) + other + secret.substring(i + 1));
		}
		for (String each : wrong) {
			Answer answer = this.stage.get(Stage.TARGET, each);
			assertThat(answer.status()).as(each).isIn(400, 401, 429);
			assertProblem(answer);
		}
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void shouldServeGoodTokensBesideThousandsOfBadOnes() throws Exception {
		AtomicInteger told = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
			List<Future<?>> running = new ArrayList<>();
			for (int client = 0; client < 4; client++) {
				int first = client * BAD;
				running.add(clients.submit(() -> {
					try (Caller caller = new Caller(this.port)) {
						for (int i = 0; i < BAD / 4; i++) {
							String bad = "Bearer hf_%012d_%043d_00000000".formatted(first + i, i);
							Answer answer = caller.ask("GET", Stage.head("GET", Stage.TARGET, bad));
							assertProblem(answer);
							assertThat(answer.status()).isIn(401, 429);
							((answer.status() == 401) ? refused : told).incrementAndGet();
						}
					}
					return null;
				}));
			}
			int good = 0;
			while (running.stream().anyMatch((each) -> !each.isDone()) || good == 0) {
				assertThat(this.stage.get(Stage.TARGET, this.stage.mallory()).status()).isEqualTo(200);
				good++;
			}
			for (Future<?> each : running) {
				each.get();
			}
		}
		assertThat(told.get() + refused.get()).isEqualTo(BAD);
		assertThat(told.get()).as("told to wait").isPositive();
	}

}
