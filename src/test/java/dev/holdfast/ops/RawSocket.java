package dev.holdfast.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Sends what no well-behaved client would, and reads what comes back until the end.
 */
public final class RawSocket implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 10_000;

	private final Socket socket;

	public RawSocket(int port) throws IOException {
		this(port, Duration.ofMillis(PATIENCE_MILLIS));
	}

	/**
	 * A connection.
	 * @param patience how long to wait for what comes next
	 */
	public RawSocket(int port, Duration patience) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout((int) patience.toMillis());
	}

	/**
	 * One exchange on a connection of its own.
	 * @param text lines may end with a bare newline
	 */
	public static String exchange(int port, String text) throws IOException {
		try (RawSocket socket = new RawSocket(port)) {
			return socket.send(text).end().rest();
		}
	}

	public RawSocket send(String text) throws IOException {
		this.socket.getOutputStream()
			.write(text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		return this;
	}

	/**
	 * Says that nothing more comes, but goes on listening.
	 */
	public RawSocket end() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/**
	 * Reads the head of one answer.
	 */
	public String head() throws IOException {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		while (!read.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int next = this.socket.getInputStream().read();
			if (next < 0) {
				break;
			}
			read.write(next);
		}
		return read.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Reads so many bytes.
	 */
	public String read(int length) throws IOException {
		return new String(this.socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Reads what is there of a body.
	 * @return how many bytes, or -1 at the end
	 */
	public int readSome(int most) throws IOException {
		return this.socket.getInputStream().read(new byte[most]);
	}

	/**
	 * Reads until the connection ends or is reset, whichever of the two is seen first.
	 * @return how many bytes
	 */
	public long countUntilBroken() {
		long count = 0;
		try {
			int got;
			while ((got = readSome(1 << 16)) >= 0) {
				count += got;
			}
		}
		catch (IOException ex) {
			// A reset: the bytes before it may be lost as well.
		}
		return count;
	}

	/**
	 * Reads until the connection ends or is reset.
	 * @return what there was to read
	 */
	public String textUntilBroken() {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		try {
			this.socket.getInputStream().transferTo(read);
		}
		catch (IOException ex) {
			// A reset: the bytes before it may be lost as well.
		}
		return read.toString(StandardCharsets.UTF_8);
	}

	public String rest() throws IOException {
		return new String(this.socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Breaks the connection off.
	 */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
