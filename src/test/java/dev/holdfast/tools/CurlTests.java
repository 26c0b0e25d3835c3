package dev.holdfast.tools;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * curl reads and writes a volume with options that it has for files.
 */
@ServiceTest
@RequiresTool("curl")
class CurlTests extends Workplace {

	private static final int SIZE = 4 << 20;

	/** Of a size that is no multiple of anything. */
	private static final int LENGTH = 1_234_567;

	private static final String CURL = "curl --fail-with-body -sS -K token.curl ";

	private byte[] content;

	private Shell shell;

	@BeforeEach
	void write() throws Exception {
		this.content = file("content", SIZE);
		this.shell = shell(volume(SIZE));
		this.shell.run(CURL + "-T content \"$data?offset=0\"");
	}

	@ParameterizedTest
	@CsvSource({ "0-0, 0, 1", "4095-4096, 4095, 4097", "1000001-2000002, 1000001, 2000003", "-100, 4194204, 4194304",
			"4194000-, 4194000, 4194304", "4190000-9999999, 4190000, 4194304", "-9999999, 0, 4194304" })
	void shouldReadARange(String range, int from, int to) throws Exception {
		String said = this.shell.run(CURL + "-r " + range + " -o part -w '%{http_code} %{size_download}' $data");
		assertThat(said).isEqualTo("206 " + (to - from));
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, from, to));
	}

	@Test
	void shouldReadSeveralRangesAtOnce() throws Exception {
		String head = this.shell.run(CURL + "-r 0-9,100-109,4000000-4100000,-5 -D - -o parts $data");
		Matcher type = Pattern.compile("(?i)content-type: multipart/byteranges; *boundary=(\\S+)").matcher(head);
		assertThat(type.find()).as(head).isTrue();
		String body = new String(read("parts"), StandardCharsets.ISO_8859_1);
		String boundary = "\r\n--" + type.group(1);
		assertThat(body).endsWith(boundary + "--\r\n");
		List<String> parts = new ArrayList<>(
				List.of(body.substring(0, body.length() - 4).split(Pattern.quote(boundary), -1)));
		assertThat(parts.removeFirst()).isEmpty();
		assertThat(parts.removeLast()).isEmpty();
		assertThat(parts).hasSize(4);
		assertPart(parts.get(0), 0, 10);
		assertPart(parts.get(1), 100, 110);
		assertPart(parts.get(2), 4_000_000, 4_100_001);
		assertPart(parts.get(3), SIZE - 5, SIZE);
	}

	private void assertPart(String part, int from, int to) {
		int end = part.indexOf("\r\n\r\n");
		assertThat(part.substring(0, end)).containsIgnoringCase("\r\nContent-Type: application/octet-stream")
			.containsIgnoringCase("\r\nContent-Range: bytes %d-%d/%d".formatted(from, to - 1, SIZE));
		assertThat(part.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1))
			.isEqualTo(Arrays.copyOfRange(this.content, from, to));
	}

	@Test
	void shouldDescribeAVolumeWithoutReadingIt() throws Exception {
		assertThat(this.shell.run(CURL + "-I $data").lines()).contains("HTTP/1.1 200 ", "Accept-Ranges: bytes",
				"Content-Length: " + SIZE, "Content-Type: application/octet-stream", "Holdfast-Block-Size: 4096",
				"Cache-Control: no-store");
		assertThat(this.shell.run(CURL + "-I -r 5-9 $data")).contains("Content-Length: " + SIZE);
	}

	/**
	 * A file, chunks of unknown length, a form's content type, a range, and an old
	 * protocol.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "-T file \"$data?offset=777777\"", "-T - \"$data?offset=777777\" <file",
			"-X PUT --data-binary @file \"$data?offset=777777\"", "--http1.0 -T file \"$data?offset=777777\"",
			"-T file -H 'Content-Range: bytes 777777-2012343/*' $data",
			"-T file -H 'Content-Range: bytes 777777-2012343/4194304' $data",
			"-T file \"$data?offset=777777&fua=true\" --expect100-timeout 60",
			"-H Expect: -T file \"$data?offset=777777\"",
			"-H 'Transfer-Encoding: chunked' -T file \"$data?offset=777777\"" })
	void shouldWriteAFileAnywhere(String how) throws Exception {
		byte[] file = file("file", LENGTH);
		assertThat(this.shell.run(CURL + "-w '%{http_code} %{size_download}' " + how)).isEqualTo("204 0");
		System.arraycopy(file, 0, this.content, 777_777, LENGTH);
		this.shell.run(CURL + "-o all $data");
		assertThat(read("all")).isEqualTo(this.content);
	}

	@Test
	void shouldReadWithAnOldProtocol() throws Exception {
		this.shell.run(CURL + "--http1.0 -o all $data");
		assertThat(read("all")).isEqualTo(this.content);
		this.shell.run(CURL + "--http1.0 -r 9999-20000 -o part $data");
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 9999, 20_001));
	}

	@Test
	void shouldGoOnWithADownload() throws Exception {
		Files.write(this.here.resolve("file"), Arrays.copyOf(this.content, 1_000_003));
		assertThat(this.shell.run(CURL + "-C - -o file -w '%{http_code} %{size_download}' $data"))
			.isEqualTo("206 " + (SIZE - 1_000_003));
		assertThat(read("file")).isEqualTo(this.content);
		this.shell.run(CURL + "-C 1000 -o tail $data");
		// What is before stays as it was, which here is nothing.
		assertThat(read("tail")).isEqualTo(Arrays.copyOfRange(this.content, 1000, SIZE));
	}

	@Test
	void shouldAddNothingToADownloadThatIsComplete() throws Exception {
		Files.write(this.here.resolve("file"), this.content);
		Shell.Output output = this.shell.attempt(CURL + "-C - -o file -w '%{http_code}' $data");
		assertThat(output.out()).isEqualTo("416");
		assertThat(read("file")).isEqualTo(this.content);
	}

	/** curl says "bytes 1000-1234566/1234567", whatever the size of the volume is. */
	@Test
	void shouldGoOnWithAnUpload() throws Exception {
		byte[] file = file("file", LENGTH);
		Shell.Output output = this.shell.attempt(CURL + "-v -C 1000 -T file $data");
		assertThat(output.exit()).as(output.all()).isZero();
		assertThat(output.err()).contains("> Content-Range: bytes 1000-1234566/1234567");
		System.arraycopy(file, 1000, this.content, 1000, LENGTH - 1000);
		this.shell.run(CURL + "-o all $data");
		assertThat(read("all")).isEqualTo(this.content);
	}

	@Test
	void shouldBeAskedForALargeBodyOnceItIsWanted() throws Exception {
		file("file", 2 << 20);
		Shell.Output taken = this.shell.attempt(CURL + "-v --expect100-timeout 60 -T file \"$data?offset=1\"");
		assertThat(taken.err()).containsSubsequence("> Expect: 100-continue", "< HTTP/1.1 100", "< HTTP/1.1 204");
		Shell.Output refused = this.shell.attempt(
				CURL + "-v --expect100-timeout 60 -w '%{size_upload}' -o problem -T file \"$data?offset=3000000\"");
		assertThat(refused.exit()).isEqualTo(22);
		assertThat(refused.err()).containsSubsequence("> Expect: 100-continue", "< HTTP/1.1 416")
			.doesNotContain("HTTP/1.1 100");
		assertThat(refused.out()).isEqualTo("0");
		assertThat(new String(read("problem"), StandardCharsets.UTF_8)).contains("\"code\":\"range-not-satisfiable\"");
		this.shell.run(CURL + "-r 3000000- -o tail $data");
		assertThat(read("tail")).isEqualTo(Arrays.copyOfRange(this.content, 3_000_000, SIZE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-K token.curl", "-H @token.header", "--anyauth -K token.curl", "--netrc-file netrc",
			"-u any:\"$(cat token.secret)\"", "--oauth2-bearer \"$(cat token.secret)\"" })
	void shouldTakeATokenInEachWayThatCurlHas(String how) throws Exception {
		this.shell.run("(umask 077; echo \"machine 127.0.0.1 login any password $(cat token.secret)\" >netrc)");
		this.shell.run("curl --fail-with-body -sS -r 100-199 -o part " + how + " $data");
		assertThat(read("part")).isEqualTo(Arrays.copyOfRange(this.content, 100, 200));
	}

	@ParameterizedTest
	@CsvSource({ "$data, unauthenticated, 401", "-u any:none $data, unauthenticated, 401",
			"-K token.curl ${data%/data}x/data, not-found, 404",
			"-K token.curl -r 4194304- $data, range-not-satisfiable, 416",
			"-K token.curl -T content $data, malformed-request, 400",
			"-K token.curl -T content \"$data?offset=1\", range-not-satisfiable, 416",
			"-K token.curl --data-binary @content $data, method-not-allowed, 405" })
	void shouldSayWhatIsWrong(String what, String code, int status) throws Exception {
		Shell.Output output = this.shell.attempt("curl --fail-with-body -sS -w '%{stderr}%{content_type} ' " + what);
		assertThat(output.exit()).isEqualTo(22);
		assertThat(output.out()).contains("\"code\":\"" + code + "\"").contains("\"status\":" + status);
		assertThat(output.err()).contains("application/problem+json").contains("returned error: " + status);
	}

	@Test
	void shouldPipeOneVolumeIntoAnother() throws Exception {
		String other = volume(SIZE);
		this.shell.with("other", other + "/data").run(CURL + "$data | " + CURL + "-T - \"$other?offset=0\"");
		shell(other).run(CURL + "-o all $data");
		assertThat(read("all")).isEqualTo(this.content);
	}

	@Test
	void shouldSeeOtherBytesOnceTheyAreWritten() throws Exception {
		this.shell.run("printf 0123456789 >ten; " + CURL + "-T ten \"$data?offset=4095\"");
		this.shell.run(CURL + "-r 4094-4105 -o part $data");
		assertThat(read("part")).startsWith(this.content[4094])
			.endsWith(this.content[4105])
			.containsSequence("0123456789".getBytes(StandardCharsets.US_ASCII));
		Files.write(this.here.resolve("ten"), new byte[] { 'x' }, StandardOpenOption.TRUNCATE_EXISTING);
		this.shell.run(CURL + "-T ten \"$data?offset=4095\"");
		assertThat(this.shell.run(CURL + "-r 4095-4097 $data")).isEqualTo("x12");
	}

}
