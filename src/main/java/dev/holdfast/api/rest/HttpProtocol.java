package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.channels.SocketChannel;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The container's HTTP/1.1 with what {@link HttpProcessor} adds, and with connections
 * that can be cut off one way at a time: Tomcat itself can only close a connection, which
 * does not wake a thread that waits for bytes from it, and leaves no way to answer. The
 * container makes it by its name.
 */
public final class HttpProtocol extends Http11NioProtocol implements Admission.Connections {

	private static final Log log = LogFactory.getLog(HttpProtocol.class);

	@Override
	protected Processor createProcessor() {
		return new HttpProcessor(this, getAdapter());
	}

	@Override
	public void cutBodies() {
		each(SocketChannel::shutdownInput);
	}

	@Override
	public void cutAnswers() {
		each(SocketChannel::shutdownOutput);
	}

	private void each(Cut cut) {
		for (SocketWrapperBase<?> connection : getEndpoint().getConnections()) {
			if (connection.getSocket() instanceof NioChannel channel) {
				try {
					cut.apply(channel.getIOChannel());
				}
				catch (IOException | UnsupportedOperationException ex) {
					log.debug("the connection is closed already", ex);
				}
			}
		}
	}

	@Override
	protected Log getLog() {
		return log;
	}

	/** One way of a connection. */
	private interface Cut {

		void apply(SocketChannel channel) throws IOException;

	}

}
