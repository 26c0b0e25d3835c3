package dev.holdfast.attack;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sees what the service logs, instead of who reads it, until it is stopped.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> {

	private static final Pattern NEVER = Pattern.compile("\\n\\s+at |hf_[a-z0-9]+_[\\w-]{43}");

	private final List<String> secrets;

	private final Queue<Appender<ILoggingEvent>> others = new ConcurrentLinkedQueue<>();

	private final Queue<String> forbidden = new ConcurrentLinkedQueue<>();

	private LogWatch(Collection<String> secrets) {
		this.secrets = List.copyOf(secrets);
	}

	/**
	 * Begins.
	 * @param secrets that no line may hold
	 */
	static LogWatch begin(Collection<String> secrets) {
		LogWatch watch = new LogWatch(secrets);
		watch.start();
		root().iteratorForAppenders().forEachRemaining(watch.others::add);
		watch.others.forEach(root()::detachAppender);
		root().addAppender(watch);
		return watch;
	}

	private static Logger root() {
		return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
	}

	@Override
	protected void append(ILoggingEvent event) {
		String line = event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage();
		if (event.getLevel().isGreaterOrEqual(Level.ERROR) || event.getThrowableProxy() != null
				|| NEVER.matcher(line).find() || this.secrets.stream().anyMatch(line::contains)) {
			this.forbidden.add(line);
			this.others.forEach((each) -> each.doAppend(event));
		}
	}

	/**
	 * Ends, and fails if anything was logged that an attack must not cause: an error, a
	 * stack trace, a token or a path.
	 */
	void end() {
		this.others.forEach(root()::addAppender);
		root().detachAppender(this);
		stop();
		assertThat(this.forbidden).as("logged").isEmpty();
	}

}
