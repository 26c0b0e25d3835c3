package dev.holdfast.event;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A place in the log, as clients keep it: after which event of which run.
 *
 * @param run of the service
 * @param sequence of the event; 0 before the first one
 */
public record EventPlace(String run, long sequence) {

	private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,32})-(\\d{1,18})");

	/**
	 * Reads an id.
	 * @param id {@code <run>-<sequence>}
	 * @return {@code null} if it is none
	 */
	public static @Nullable EventPlace parse(String id) {
		Matcher matcher = FORM.matcher(id);
		return matcher.matches() ? new EventPlace(matcher.group(1), Long.parseLong(matcher.group(2))) : null;
	}

	/**
	 * The id.
	 */
	@Override
	public String toString() {
		return this.run + "-" + this.sequence;
	}

}
