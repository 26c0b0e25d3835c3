package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.contract.ProblemException;
import org.apache.catalina.connector.Response;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * What is left of a request's body when its answer is done. Some of it is taken, so that
 * a client which is still sending gets to see the answer; but at a pace, where the
 * container would go on for as long as a byte comes now and then. It is read by the
 * container's own means, since the stream that servlets see may be closed. One thread.
 */
final class UnwantedBody implements ApplicationBufferHandler {

	/** Bytes that are taken. */
	private static final long LIMIT = 2 << 20;

	private final Request request;

	private final Pace pace;

	private ByteBuffer bytes = ByteBuffer.allocate(0);

	UnwantedBody(Request request, SlowestPace slowest) {
		this.request = request;
		this.pace = new Pace(slowest);
	}

	/**
	 * Finishes the answer and takes what there is, or makes sure that the container does
	 * not. Whoever waits for {@code 100 Continue} sends nothing more.
	 */
	void take(Response response) throws IOException {
		if (hasEnded() || this.request.hasExpectation()) {
			return;
		}
		response.finishResponse();
		if (response.getStatus() == ProblemType.REQUEST_TIMEOUT.status() || !ends()) {
			this.request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
		}
	}

	private boolean hasEnded() {
		AtomicBoolean all = new AtomicBoolean();
		this.request.action(ActionCode.REQUEST_BODY_FULLY_READ, all);
		return all.get();
	}

	private boolean ends() {
		try {
			for (long left = LIMIT; left > 0;) {
				int count = this.pace.read(() -> this.request.doRead(this));
				if (count < 0) {
					return true;
				}
				left -= count;
			}
		}
		catch (IOException | ProblemException ex) {
			// It is gone, too slow, or sends what is no body.
		}
		return false;
	}

	@Override
	public void setByteBuffer(ByteBuffer buffer) {
		this.bytes = buffer;
	}

	@Override
	public ByteBuffer getByteBuffer() {
		return this.bytes;
	}

	@Override
	public void expand(int size) {
		// It has no room of its own.
	}

}
