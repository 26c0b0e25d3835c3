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

	private static final String LENGTH = "\r\nContent-Length: ";

	private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

	private static final String END_OF_HEAD = "\r\n\r\n";

	private static final int LONGEST_HEAD = 8 << 10;

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
		return text(0, exchange(request.getBytes(StandardCharsets.ISO_8859_1), status));
	}

	/**
	 * Makes a request.
	 * @return how many {@link #bytes()} the answer has, with its head
	 * @throws IOException if there is none, or not the status
	 */
	int exchange(byte[] request, int status) throws IOException {
		this.socket.getOutputStream().write(request);
		int length = 0;
		int head = 0;
		do {
			int count = this.in.read(this.buffer, length, this.buffer.length - length);
			if (count < 0) {
				throw new EOFException("the connection ended after: " + text(0, length));
			}
			length += count;
			head = (head > 0) ? head : endOfHead(length);
		}
		while (head == 0 || !whole(text(0, head), length));
		if (!text(0, head).startsWith("HTTP/1.1 " + status)) {
			throw new IOException(text(0, length));
		}
		return length;
	}

	/**
	 * The last answer, and what was left from longer ones.
	 */
	byte[] bytes() {
		return this.buffer;
	}

	private String text(int from, int to) {
		return new String(this.buffer, from, to - from, StandardCharsets.ISO_8859_1);
	}

	/** Where the body begins, or 0. */
	private int endOfHead(int length) {
		int end = text(0, Math.min(length, LONGEST_HEAD)).indexOf(END_OF_HEAD);
		return (end < 0) ? 0 : end + END_OF_HEAD.length();
	}

	private boolean whole(String head, int length) {
		int field = head.indexOf(LENGTH);
		if (field < 0) {
			return head.startsWith("HTTP/1.1 204")
					|| text(Math.max(0, length - END_OF_CHUNKS.length()), length).equals(END_OF_CHUNKS);
		}
		int digits = field + LENGTH.length();
		return length == head.length() + Integer.parseInt(head, digits, head.indexOf('\r', digits), 10);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
