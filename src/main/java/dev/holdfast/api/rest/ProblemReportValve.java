package dev.holdfast.api.rest;

import java.io.IOException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * What the container itself refuses, such as a request line that is none, in the same
 * form as everything else.
 */
public final class ProblemReportValve extends ErrorReportValve {

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
			return;
		}
		try {
			ProblemAnswer.write(ProblemAnswer.ofError(request, response.getStatus()), request, response);
			response.finishResponse();
			ExchangeValve.keepConnection(request);
		}
		catch (IOException | IllegalStateException ex) {
			this.container.getLogger().debug("the client is gone", ex);
		}
	}

}
