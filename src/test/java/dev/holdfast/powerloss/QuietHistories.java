package dev.holdfast.powerloss;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Thousands of histories tear labels and fail I/O all the time, and nobody wants to be
 * told of each. Nor may threads of a seed wait for the log's lock, which is others' too.
 */
final class QuietHistories implements BeforeAllCallback, AfterAllCallback {

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast");

	@Override
	public void beforeAll(ExtensionContext context) {
		this.logger.setLevel(Level.OFF);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.logger.setLevel(null);
	}

}
