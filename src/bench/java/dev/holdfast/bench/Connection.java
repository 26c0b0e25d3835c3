package dev.holdfast.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection that is kept: a request is written, its answer read whole. Plainer than
 * a client of the JDK's, which would take more of the CPUs than the service. One thread.
 */
final class Connection implements AutoCloseable {

	private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

	private final Socket socket;

	private final InputStream in;

	private final byte[] buffer = new byte[256 << 10];

	Connection(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setTcpNoDelay(true);
		this.in = this.socket.getInputStream();
	}

	/**
	 * Makes a request.
	 * @return the answer with its head, as it came
	 * @throws IOException if there is none, or not the status
	 */
	String exchange(String request, int status) throws IOException {
		this.socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
		int length = 0;
		String answer = "";
		do {
			int count = this.in.read(this.buffer, length, this.buffer.length - length);
			if (count < 0) {
				throw new EOFException("the connection ended after: " + answer);
			}
			length += count;
			answer = new String(this.buffer, 0, length, StandardCharsets.ISO_8859_1);
		}
		while (!whole(answer));
		if (!answer.startsWith("HTTP/1.1 " + status)) {
			throw new IOException(answer);
		}
		return answer;
	}

	private static boolean whole(String answer) {
		int head = answer.indexOf("\r\n\r\n");
		if (head < 0) {
			return false;
		}
		int length = answer.indexOf("\r\nContent-Length: ");
		if (length < 0 || length > head) {
			return answer.endsWith(END_OF_CHUNKS) || answer.startsWith("HTTP/1.1 204");
		}
		int digits = length + "\r\nContent-Length: ".length();
		return answer.length() == head + 4 + Integer.parseInt(answer, digits, answer.indexOf('\r', digits), 10);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
