package dev.holdfast.attack;

import java.util.Map;

import dev.holdfast.ops.DataDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What all attacks have in common: after each one everything is where it was.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Attack {

	private static @Nullable Stage shared;

	private static int sharedPort;

	@LocalServerPort
	int port;

	@Autowired
	@SuppressWarnings("NullAway.Init")
	private ApplicationContext context;

	@Autowired
	@SuppressWarnings("NullAway.Init")
	private DataDirectory directory;

	@SuppressWarnings("NullAway.Init")
	Stage stage;

	@SuppressWarnings("NullAway.Init")
	private Ledger ledger;

	private Map<String, Long> before = Map.of();

	@SuppressWarnings("NullAway.Init")
	private LogWatch log;

	@BeforeAll
	void count() throws Exception {
		this.stage = stage(this.port);
		this.ledger = new Ledger(this.context, Stage.VOLUMES);
		this.before = this.ledger.atRest();
	}

	@BeforeEach
	void listen() {
		this.log = LogWatch.begin(this.stage.secrets());
	}

	private Stage stage(int ofPort) throws Exception {
		synchronized (Attack.class) {
			Stage known = shared;
			if (known == null || sharedPort != ofPort) {
				known = Stage.set(ofPort, this.directory.path());
				known.assertIntact();
				shared = known;
				sharedPort = ofPort;
			}
			return known;
		}
	}

	@AfterEach
	void everythingIsWhereItWas() throws Exception {
		this.ledger.awaitNothingLent();
		this.log.end();
		this.stage.assertIntact();
	}

	@AfterAll
	void nothingIsLeft() {
		this.ledger.awaitBack(this.before);
	}

	/**
	 * Fails unless it is a refusal in the documented form.
	 */
	final void assertProblem(Answer answer) {
		assertThat(answer.status()).as(answer.toString()).isBetween(400, 599).isNotEqualTo(500);
		Oracle.assertProblem(answer);
		Oracle.assertDiscreet(answer, this.stage.secrets());
	}

}
