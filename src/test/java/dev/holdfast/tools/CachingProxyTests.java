package dev.holdfast.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * nginx stands before the service and keeps slices of a volume, with the configuration
 * that the page has.
 */
@ServiceTest
@RequiresTool({ "curl", "nginx" })
class CachingProxyTests extends Workplace {

	private static final int SIZE = (8 << 20) + 4096;

	private static final String CURL = "curl --fail-with-body -sS --unix-socket socket ";

	private byte[] content;

	private Shell shell;

	private Shell.Running nginx;

	@BeforeEach
	void startAProxy() throws Exception {
		this.content = file("content", SIZE);
		this.shell = shell(volume(SIZE));
		this.shell.run("curl --fail-with-body -sS -K token.curl -T content \"$data?offset=0\"");
		String page = Page.read().section("A cache before it: nginx");
		this.shell.run(page.substring(0, page.indexOf("\nnginx ")));
		String configuration = Files.readString(this.here.resolve("nginx.conf"));
		assertThat(configuration).contains("listen 127.0.0.1:8090;", "http://127.0.0.1:8080;");
		Files.writeString(this.here.resolve("nginx.conf"),
				configuration.replace("127.0.0.1:8090", "unix:" + this.here.resolve("socket"))
					.replace("127.0.0.1:8080", "127.0.0.1:" + this.port));
		this.nginx = this.shell.start("exec nginx -p \"$PWD\" -c nginx.conf -e stderr -g 'daemon off;'");
		Awaitility.await()
			.failFast("nginx has ended", () -> !this.nginx.process().isAlive())
			.untilAsserted(() -> assertThat(this.shell.attempt("curl -sS --unix-socket socket http://cache/").exit())
				.isZero());
	}

	@AfterEach
	void stopTheProxy() throws IOException, InterruptedException {
		this.nginx.close();
	}

	private String read(String options, String file) throws Exception {
		return this.shell.run(CURL + options + " -D - -o " + file + " $data");
	}

	@Test
	void shouldReadThroughTheCache() throws Exception {
		assertThat(read("", "first")).contains("HTTP/1.1 200", "X-Cache: MISS", "Content-Length: " + SIZE);
		assertThat(read("first")).isEqualTo(this.content);
		assertThat(read("", "second")).contains("HTTP/1.1 200", "X-Cache: HIT");
		assertThat(read("second")).isEqualTo(this.content);
		assertThat(read("-r 1048000-3000000", "part")).contains("HTTP/1.1 206", "X-Cache: HIT",
				"Content-Range: bytes 1048000-3000000/" + SIZE);
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 1_048_000, 3_000_001));
	}

	@Test
	void shouldFetchTheSlicesThatAreAskedFor() throws Exception {
		assertThat(read("-r 3145728-3145737", "part")).contains("HTTP/1.1 206", "X-Cache: MISS");
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 3_145_728, 3_145_738));
		assertThat(read("-r 4194000-4194303", "part")).contains("X-Cache: HIT");
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 4_194_000, 4_194_304));
		assertThat(read("-r 4194304-", "part")).contains("X-Cache: MISS");
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 4_194_304, SIZE));
		// The last slice is shorter than the others.
		assertThat(read("-r -100", "part")).contains("Content-Range: bytes " + (SIZE - 100) + "-" + (SIZE - 1));
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, SIZE - 100, SIZE));
	}

	/** Which is why only what does not change belongs behind it. */
	@Test
	void shouldGoOnGivingWhatWasThere() throws Exception {
		read("", "first");
		this.shell.run("printf other | curl --fail-with-body -sS -K token.curl -T - \"$data?offset=10\"");
		assertThat(read("-r 0-99", "part")).contains("X-Cache: HIT");
		assertThat(read("part")).isEqualTo(Arrays.copyOf(this.content, 100));
	}

	@Test
	void shouldLetNobodyWrite() throws Exception {
		Shell.Output output = this.shell.attempt(CURL + "-X PUT -d x \"$data?offset=0\"");
		assertThat(output.exit()).isEqualTo(22);
		assertThat(output.err()).contains("403");
	}

	@Test
	void shouldNotKeepARefusal() throws Exception {
		Shell.Output output = this.shell.attempt(CURL + "${data%/data}x/data");
		assertThat(output.exit()).isEqualTo(22);
		assertThat(output.out()).contains("\"code\":\"not-found\"");
		assertThat(this.shell.attempt(CURL + "-I ${data%/data}x/data").out()).contains("404").doesNotContain("HIT");
	}

}
