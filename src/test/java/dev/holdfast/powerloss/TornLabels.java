package dev.holdfast.powerloss;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.holdfast.device.DeviceAttacher;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Tests that tear labels by the thousand do not want to be told of each.
 */
final class TornLabels implements BeforeAllCallback, AfterAllCallback {

	private final Logger logger = (Logger) LoggerFactory.getLogger(DeviceAttacher.class);

	@Override
	public void beforeAll(ExtensionContext context) {
		this.logger.setLevel(Level.ERROR);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.logger.setLevel(null);
	}

}
