package dev.holdfast.api.rest;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class WaitPreferenceTests extends Service {

	private String volume;

	@BeforeEach
	void make() throws Exception {
		this.volume = volume();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			wait=10                                   | 10
			Wait = 007 ; because="x, wait=5"          | 007
			respond-async, wait=100;p                 | 100
			handling="a, wait=9", wait=3, return=full | 3
			wait=4, wait=5                            | 4
			""")
	void shouldHeedHowLongAClientWaits(String preference, String seconds) throws Exception {
		assertThat(applied(preference)).containsExactly("wait=" + seconds);
	}

	@ParameterizedTest
	@ValueSource(strings = { "wait", "wait=", "wait=0", "wait=000", "wait=-1", "wait=1.5", "wait=10s", "wait=\"10\"",
			"wait=1 2", "await=10", "wait=9999999999", "wait=x, wait=5", "respond-async", ",;=\"", "" })
	void shouldIgnoreWhatItDoesNotKnow(String preference) throws Exception {
		assertThat(applied(preference)).isEmpty();
	}

	private List<String> applied(String preference) throws Exception {
		HttpResponse<String> read = acme().get(this.volume + "/data", "Range", "bytes=0-3", "Prefer", preference);
		assertThat(read.statusCode()).isEqualTo(206);
		return read.headers().allValues("Preference-Applied");
	}

	@Test
	void shouldKnowItWhereverThereIsIo() throws Exception {
		String range = "{\"offset\":0,\"length\":4096}";
		List<HttpResponse<String>> answers = new ArrayList<>();
		answers.add(acme().put(this.volume + "/data?offset=0", new byte[10], "Prefer", "wait=10"));
		answers.add(post(":flush", ""));
		answers.add(post(":zero", range));
		answers.add(post(":discard", range));
		answers.add(post(":io", "{\"operations\":[{\"op\":\"flush\"}]}"));
		for (HttpResponse<String> answer : answers) {
			assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
			assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=10");
		}
	}

	private HttpResponse<String> post(String verb, String body) throws Exception {
		return acme().text("POST", this.volume + verb, BodyPublishers.ofString(body), "Content-Type",
				"application/json", "Prefer", "wait=10");
	}

	@Test
	void shouldNotCountTheTimeThatTheClientTakes() throws Exception {
		int piece = 256 << 10;
		try (RawSocket client = new RawSocket(this.port)) {
			client.send(
					"PUT %s/data?offset=0 HTTP/1.1\nHost: a\nAuthorization: %s\nPrefer: wait=1\nContent-Length: %d\n\n"
						.formatted(this.volume, acme().authorization(), 4 * piece));
			sendSlowly(client, piece);
			assertThat(client.head()).startsWith("HTTP/1.1 204 ").contains("Preference-Applied: wait=1");
		}
	}

	/** Most of what is sent is written long before the rest comes. */
	private static void sendSlowly(RawSocket client, int piece) throws IOException {
		for (int i = 0; i < 4; i++) {
			client.send("x".repeat(piece));
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(600));
		}
	}

}
