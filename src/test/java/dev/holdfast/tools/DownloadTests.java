package dev.holdfast.tools;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Download managers and the libraries of languages take a volume for a file that they can
 * fetch in pieces and go on with.
 */
@ServiceTest
@RequiresTool("curl")
class DownloadTests extends Workplace {

	private static final int SIZE = 12 << 20;

	private static final int BEFORE = 1_000_003;

	private byte[] content;

	private String volume;

	private Shell shell;

	@BeforeEach
	void write() throws Exception {
		this.content = file("content", SIZE);
		this.volume = volume(SIZE);
		this.shell = shell(this.volume).with("WGETRC", "token.wget");
		this.shell.run("curl --fail-with-body -sS -K token.curl -T content \"$data?offset=0\"");
	}

	@Test
	@RequiresTool("wget")
	void shouldBeFetchedByWget() throws Exception {
		this.shell.run("wget -q -O whole $data; cmp whole content");
		this.shell.run("wget -q --auth-no-challenge -O again $data; cmp again content");
	}

	@Test
	@RequiresTool("wget")
	void shouldBeGoneOnWithByWget() throws Exception {
		this.shell.run("head -c " + BEFORE + " content >file");
		Shell.Output output = this.shell.attempt("wget -S --progress=dot:giga -c -O file $data");
		assertThat(output.exit()).as(output.all()).isZero();
		assertThat(output.err()).contains("HTTP/1.1 206", "Content-Range: bytes " + BEFORE + "-");
		assertThat(read("file")).isEqualTo(this.content);
		Shell.Output complete = this.shell.attempt("wget -c -O file $data");
		assertThat(complete.exit()).as(complete.all()).isZero();
		assertThat(complete.err()).contains("already fully retrieved");
		assertThat(read("file")).isEqualTo(this.content);
	}

	@Test
	@RequiresTool("aria2c")
	void shouldBeFetchedOverSeveralConnections() throws Exception {
		// Slow enough that one connection does not fetch what is for the others.
		String said = this.shell.run("aria2c --conf-path=token.aria2 -x4 -s4 -k1M --max-download-limit=16M --log=- "
				+ "--log-level=info -o file $data");
		for (int piece = 1; piece < 4; piece++) {
			assertThat(said).contains("Range: bytes=" + piece * (SIZE / 4) + "-");
		}
		assertThat(read("file")).isEqualTo(this.content);
	}

	@Test
	@RequiresTool("aria2c")
	void shouldBeGoneOnWithOverSeveralConnections() throws Exception {
		this.shell.run("head -c " + BEFORE + " content >file");
		this.shell.run("aria2c --conf-path=token.aria2 -q -x4 -k1M -c -o file $data; cmp file content");
	}

	/** It asks for what differs from an older copy, by many ranges at once. */
	@Test
	@RequiresTool({ "zsync", "zsyncmake" })
	void shouldBeBroughtUpToDateByZsync() throws Exception {
		byte[] older = this.content.clone();
		for (int block = 0; block < 100; block++) {
			older[block * 100_000] ^= 1;
		}
		Files.write(this.here.resolve("older"), older);
		this.shell.run("zsyncmake -e -b 4096 -f file -u $data -o file.zsync content");
		// Its only way to be given a password. Others see it there as long as it runs.
		String said = this.shell.run("zsync -A 127.0.0.1=any:$(cat token.secret) -i older -o file file.zsync 2>&1");
		assertThat(said).contains("verifying download...checksum matches OK");
		// A hundred blocks, and what stands before each part.
		assertThat(said).containsPattern("fetched 4[12]\\d{4}\\b");
		assertThat(read("file")).isEqualTo(this.content);
	}

	@Test
	@RequiresTool("python3")
	void shouldBeReadByPython() throws Exception {
		Files.writeString(this.here.resolve("read.py"), """
				import os, urllib.error, urllib.request
				name, value = open("token.header").read().strip().split(": ", 1)

				def ask(ranges, body=None, query=""):
				    request = urllib.request.Request(os.environ["data"] + query, data=body, headers={name: value})
				    if ranges:
				        request.add_header("Range", "bytes=" + ranges)
				    if body:
				        request.method = "PUT"
				    return urllib.request.urlopen(request)

				content = open("content", "rb").read()
				with ask("4095-8192") as answer:
				    assert answer.status == 206 and answer.read() == content[4095:8193]
				with ask(None) as answer:
				    assert answer.status == 200 and answer.read() == content
				with ask(None, b"from python", "?offset=5000") as answer:
				    assert answer.status == 204
				with ask("4999-5011") as answer:
				    assert answer.read() == content[4999:5000] + b"from python" + content[5011:5012]
				try:
				    ask("99999999-")
				    raise AssertionError("there is nothing")
				except urllib.error.HTTPError as error:
				    assert error.code == 416 and error.headers["Content-Range"] == "bytes */%d" % len(content)
				""");
		this.shell.run("python3 read.py");
	}

	@Test
	void shouldBeGoneOnWithByJava() throws Exception {
		Path file = this.here.resolve("file");
		Files.write(file, Arrays.copyOf(this.content, BEFORE));
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpRequest request = HttpRequest.newBuilder(URI.create(this.volume + "/data"))
				.header("Authorization", user().authorization())
				.header("Range", "bytes=" + BEFORE + "-")
				.build();
			HttpResponse<Path> answer = client.send(request,
					HttpResponse.BodyHandlers.ofFile(file, StandardOpenOption.APPEND));
			// It asks for HTTP/2 first, by an upgrade that nobody has to follow.
			assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
			assertThat(answer.statusCode()).isEqualTo(206);
		}
		assertThat(read("file")).isEqualTo(this.content);
	}

}
