package dev.holdfast.tools;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresQemuDriver;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lines of the page work, section by section, as they stand there but for the ports.
 */
@ServiceTest
@RequiresTool({ "curl", "wget", "aria2c", "qemu-img", "qemu-io", "nbdkit", "nbdcopy", "nbdinfo", "fio", "mke2fs",
		"e2fsck", "debugfs", "nginx", "wrk" })
@RequiresQemuDriver("http")
class PageTests extends Workplace {

	private static final int SIZE = 32 << 20;

	static List<String> titles() throws IOException {
		return Page.read().titles();
	}

	@ParameterizedTest
	@MethodSource("titles")
	void shouldSayWhatWorks(String title) throws Exception {
		file("file", 1_234_567);
		Shell shell = shell(volume(SIZE));
		String script = Page.read()
			.section(title)
			.replace("127.0.0.1:8080", "127.0.0.1:" + this.port)
			.replace("127.0.0.1:8090", "127.0.0.1:" + freePort());
		Shell.Output output = shell.attempt(script);
		// nginx is nobody's child, so that it would stay if a line before its end failed.
		shell.attempt("test ! -e nginx.pid || kill $(cat nginx.pid)");
		assertThat(output.exit()).as(output.all()).isZero();
		assertThat(output.all()).doesNotContain("Non-2xx", "Socket errors", "verify failed");
		if (script.contains("X-Cache")) {
			assertThat(output.out()).containsSubsequence("X-Cache: MISS", "X-Cache: HIT");
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
