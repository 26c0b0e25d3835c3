package dev.holdfast.attack;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A connection on which any bytes can be sent, and answers are read as RFC 9112 frames
 * them.
 */
final class Wire implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 60_000;

	private static final String WITHOUT_END = "text/event-stream";

	private final Socket socket;

	private final InputStream in;

	Wire(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(PATIENCE_MILLIS);
		this.socket.setTcpNoDelay(true);
		this.in = new BufferedInputStream(this.socket.getInputStream());
	}

	/**
	 * Sends text, one byte for each character.
	 */
	Wire send(String text) throws IOException {
		return send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	Wire send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		return this;
	}

	/**
	 * Says that nothing more comes.
	 */
	Wire end() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/**
	 * Goes away without a word.
	 */
	void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	/**
	 * Takes so many bytes of whatever comes, or fewer at its end.
	 */
	byte[] take(int length) throws IOException {
		return this.in.readNBytes(length);
	}

	/**
	 * Reads one answer.
	 * @param method that it is for
	 * @return {@code null} if the connection ends before it
	 */
	@Nullable Answer answer(String method) throws IOException {
		String line = line();
		if (line == null) {
			return null;
		}
		if (!line.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
			throw new IOException("no status line: " + line);
		}
		int status = Integer.parseInt(line.substring(9, 12));
		Map<String, String> headers = new HashMap<>();
		for (String header = line(); header != null && !header.isEmpty(); header = line()) {
			int colon = header.indexOf(':');
			headers.merge(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip(),
					(one, other) -> one + ", " + other);
		}
		if (status < 200 || status == 204 || status == 304 || method.equals("HEAD")) {
			return new Answer(status, headers, new byte[0], true);
		}
		if (headers.getOrDefault("content-type", "").startsWith(WITHOUT_END)) {
			return new Answer(status, headers, new byte[0], false);
		}
		return chunked(headers) ? chunks(status, headers) : counted(status, headers);
	}

	/**
	 * Reads answers until the connection ends, however it does.
	 * @param method that the first one is for
	 */
	List<Answer> answers(String method) throws IOException {
		List<Answer> all = new ArrayList<>();
		try {
			for (Answer next = answer(method); next != null; next = answer("GET")) {
				all.add(next);
			}
		}
		catch (SocketException ex) {
			// Reset: whoever refuses a request does not wait for the rest of it.
		}
		return all;
	}

	private static boolean chunked(Map<String, String> headers) {
		return "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
	}

	private Answer counted(int status, Map<String, String> headers) throws IOException {
		String length = headers.get("content-length");
		if (length == null) {
			return new Answer(status, headers, this.in.readAllBytes(), true);
		}
		byte[] body = this.in.readNBytes(Integer.parseInt(length));
		return new Answer(status, headers, body, body.length == Integer.parseInt(length));
	}

	private Answer chunks(int status, Map<String, String> headers) throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (String size = line(); size != null; size = line()) {
			int length = Integer.parseInt(size, 16);
			body.write(this.in.readNBytes(length));
			line();
			if (length == 0) {
				return new Answer(status, headers, body.toByteArray(), true);
			}
		}
		return new Answer(status, headers, body.toByteArray(), false);
	}

	private @Nullable String line() throws IOException {
		byte[] line = new byte[128];
		int length = 0;
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				return null;
			}
			if (length == line.length) {
				line = Arrays.copyOf(line, 2 * length);
			}
			line[length++] = (byte) next;
		}
		return new String(line, 0, Math.max(0, length - 1), StandardCharsets.ISO_8859_1);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
