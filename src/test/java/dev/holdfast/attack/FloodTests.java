package dev.holdfast.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One tenant takes all that it can get, or stands in the way, while another works.
 */
@ServiceTest
class FloodTests extends Attack {

	private static final int FLOODERS = 64;

	private static final int REQUESTS = 25;

	@Test
	void shouldServeATenantWhileAnotherFloods() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		try (ExecutorService clients = Executors.newFixedThreadPool(FLOODERS)) {
			List<Future<?>> floods = new ArrayList<>();
			for (int i = 0; i < FLOODERS; i++) {
				int kind = i % 4;
				floods.add(clients.submit(() -> {
					flood(kind, enough);
					return null;
				}));
			}
			try {
				work();
			}
			finally {
				enough.set(true);
			}
			for (Future<?> each : floods) {
				each.get();
			}
		}
	}

	private void flood(int kind, AtomicBoolean enough) throws Exception {
		byte[] body = new byte[Stage.ATTACKED - 1];
		String data = Stage.TARGET + "/data";
		try (Caller caller = new Caller(this.port)) {
			while (!enough.get()) {
				Answer answer = switch (kind) {
					case 0 -> caller.ask("GET", Stage.head("GET", data, this.stage.mallory()));
					case 1 -> caller.ask("PUT", Stage.head("PUT", data + "?offset=1", this.stage.mallory(),
							"Content-Length: " + body.length), body);
					case 2 -> caller.ask("GET", Stage.head("GET", data, this.stage.mallory(), "Range: bytes=1-,5-,7-"));
					default -> caller.ask("GET",
							Stage.head("GET", "/v1/tenants/mallory/volumes?pageSize=1000", this.stage.mallory()));
				};
				assertThat(answer.status()).as(answer.headers().toString()).isIn(200, 204, 206, 429, 503, 504);
				if (answer.status() >= 400) {
					assertProblem(answer);
				}
			}
		}
	}

	/**
	 * Slow clients of one tenant: each takes or gives a little, and then nothing more.
	 */
	@Test
	void shouldServeATenantWhileAnotherIsSlow() throws Exception {
		List<Wire> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 2 * FLOODERS; i++) {
				Wire wire = new Wire(this.port);
				slow.add(wire);
				wire.send(switch (i % 4) {
					case 0 -> Stage.head("GET", Stage.TARGET + "/data", this.stage.mallory(), "Range: bytes=0-,1-");
					case 1 -> Stage.head("PUT", Stage.TARGET + "/data?offset=1", this.stage.mallory(),
							"Content-Length: 1000000") + "x".repeat(i * 100);
					case 2 -> Stage.head("PUT", Stage.TARGET, this.stage.mallory(), "Content-Type: application/json",
							"Content-Length: 1000") + "{";
					default -> "GET /v1/me HTTP/1.1\r\nX: ";
				});
			}
			work();
		}
		finally {
			for (Wire wire : slow) {
				wire.close();
			}
		}
	}

	/** Reads and lists as the vault's owner. */
	private void work() throws IOException {
		try (Caller caller = new Caller(this.port)) {
			for (int i = 0; i < REQUESTS; i++) {
				String range = "Range: bytes=%d-%d".formatted(i * 1000, i * 1000 + 99_999);
				Answer read = caller.ask("GET", Stage.head("GET", Stage.VAULT + "/data", this.stage.owner(), range));
				assertThat(read.status()).as(read.toString()).isEqualTo(206);
				assertThat(read.body()).hasSize(100_000);
				Answer shown = caller.ask("GET", Stage.head("GET", Stage.VAULT, this.stage.owner()));
				assertThat(shown.status()).as(shown.toString()).isEqualTo(200);
			}
		}
	}

}
