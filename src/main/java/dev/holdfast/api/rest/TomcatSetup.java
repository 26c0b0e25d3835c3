package dev.holdfast.api.rest;

import org.apache.catalina.core.StandardHost;
import org.apache.coyote.ContinueResponseTiming;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * What the container must do for the contract that no property sets: ask for the body
 * only once someone reads it, so that a refusal comes before {@code 100 Continue}; end a
 * wait for a client in which nothing moves; and answer its own refusals as problems.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class TomcatSetup implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	/** How long a connection may be idle between two requests. */
	private static final int KEEP_ALIVE_MILLIS = 20_000;

	/**
	 * Bytes that the kernel takes in advance. It says that there is room again once a
	 * third is free, which is all that can be seen of a reader's pace: with a buffer that
	 * grows to some MiB, as it would, a slow reader cannot be told from one that is gone.
	 */
	private static final String SEND_BUFFER = String.valueOf(256 << 10);

	private final Admission admission;

	private final DataLimits limits;

	TomcatSetup(Admission admission, DataLimits limits) {
		this.admission = admission;
		this.limits = limits;
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(HttpProtocol.class.getName());
		factory.addEngineValves(new ExchangeValve(this.admission, this.limits.pace()));
		factory.addContextCustomizers((context) -> {
			if (context.getParent() instanceof StandardHost host) {
				// Boot's own is in the pipeline already; the last one reports first.
				host.getPipeline().addValve(new ProblemReportValve());
				host.setErrorReportValveClass(ProblemReportValve.class.getName());
			}
		});
		// A form is a body like any other, not parameters.
		factory.addConnectorCustomizers((connector) -> connector.setParseBodyMethods(""));
		factory.addProtocolHandlerCustomizers((protocol) -> {
			if (protocol instanceof HttpProtocol http) {
				this.admission.connections(http);
				http.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
				http.setKeepAliveTimeout(KEEP_ALIVE_MILLIS);
				http.setConnectionTimeout((int) this.limits.pace().window().toMillis());
				http.setProperty("socket.txBufSize", SEND_BUFFER);
			}
		});
	}

}
