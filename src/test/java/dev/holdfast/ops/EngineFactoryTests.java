package dev.holdfast.ops;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.contract.ByteSize;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class EngineFactoryTests {

	@ParameterizedTest
	@CsvSource({ "AUTO,WARN", "PSYNC,INFO" })
	void shouldWarnIfItFallsBack(EngineChoice choice, String level) {
		IoEngine engine = IoEngines.psync(EngineOptions.DEFAULT, "the kernel refuses it");
		List<ILoggingEvent> logged = logged(EngineFactory.class, () -> EngineFactory.report(choice, engine));
		engine.close();
		assertThat(logged).isNotEmpty()
			.allSatisfy((event) -> assertThat(event.getLevel()).isEqualTo(Level.toLevel(level)))
			.anySatisfy((event) -> assertThat(event.getFormattedMessage()).contains("the kernel refuses it"));
	}

	@Test
	void shouldWarnIfStagingMemoryIsNotRegistered() {
		ByteSize size = new ByteSize(1 << 20);
		assertThat(logged(StorageConfiguration.class, () -> StorageConfiguration.report(size, "RLIMIT_MEMLOCK")))
			.singleElement()
			.satisfies((event) -> {
				assertThat(event.getLevel()).isEqualTo(Level.WARN);
				assertThat(event.getFormattedMessage()).contains("not registered: RLIMIT_MEMLOCK");
			});
		assertThat(logged(StorageConfiguration.class, () -> StorageConfiguration.report(size, null))).singleElement()
			.satisfies((event) -> assertThat(event.getLevel()).isEqualTo(Level.INFO));
	}

	private static List<ILoggingEvent> logged(Class<?> by, Runnable work) {
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		Logger logger = (Logger) LoggerFactory.getLogger(by);
		logger.addAppender(appender);
		try {
			work.run();
		}
		finally {
			logger.detachAppender(appender);
		}
		return appender.list;
	}

}
