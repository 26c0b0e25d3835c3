package dev.holdfast.api.rest;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;

/**
 * The container's HTTP/1.1 with what {@link HttpProcessor} adds. The container makes it
 * by its name.
 */
public final class HttpProtocol extends Http11NioProtocol {

	@Override
	protected Processor createProcessor() {
		return new HttpProcessor(this, getAdapter());
	}

}
