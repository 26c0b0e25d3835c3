package dev.holdfast.attack;

import java.io.IOException;
import java.net.SocketException;

import org.jspecify.annotations.Nullable;

/**
 * Asks one thing after another, on the same connection as long as the service keeps it.
 */
final class Caller implements AutoCloseable {

	private static final byte[] NOTHING = new byte[0];

	private final int port;

	private @Nullable Wire wire;

	Caller(int port) {
		this.port = port;
	}

	Answer ask(String method, String head) throws IOException {
		return ask(method, head, NOTHING);
	}

	/**
	 * Asks, a second time if the connection had ended.
	 * @param head with the empty line at its end
	 * @param body as it is sent
	 */
	Answer ask(String method, String head, byte[] body) throws IOException {
		boolean first = this.wire == null;
		Answer answer = exchange(method, head, body);
		if (answer == null && !first) {
			answer = exchange(method, head, body);
		}
		if (answer == null) {
			throw new IOException("no answer to " + method);
		}
		if (!answer.whole() || answer.header("connection").equals("close")) {
			close();
		}
		return answer;
	}

	private @Nullable Answer exchange(String method, String head, byte[] body) throws IOException {
		Wire open = this.wire;
		if (open == null) {
			open = new Wire(this.port);
			this.wire = open;
		}
		try {
			open.send(head);
			if (body.length > 0) {
				open.send(body);
			}
		}
		catch (SocketException ex) {
			// There may be an answer nevertheless.
		}
		Answer answer = null;
		try {
			answer = open.answer(method);
		}
		catch (SocketException ex) {
			// It has been reset.
		}
		if (answer == null) {
			close();
		}
		return answer;
	}

	@Override
	public void close() throws IOException {
		Wire open = this.wire;
		if (open != null) {
			open.close();
			this.wire = null;
		}
	}

}
