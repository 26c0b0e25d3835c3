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
 * only once someone reads it, so that a refusal comes before {@code 100 Continue}, and
 * answer its own refusals as problems.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class TomcatSetup implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private final Admission admission;

	TomcatSetup(Admission admission) {
		this.admission = admission;
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(HttpProtocol.class.getName());
		factory.addEngineValves(new ExchangeValve(this.admission));
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
			}
		});
	}

}
