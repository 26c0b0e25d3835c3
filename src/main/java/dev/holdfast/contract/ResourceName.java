package dev.holdfast.contract;

import java.util.regex.Pattern;

/**
 * The names of tenants, volumes, tokens and devices: lower-case letters, digits and
 * hyphens, at most 63, a letter or digit at both ends. What is a DNS label is also safe
 * in paths, labels of metrics and logs.
 */
public final class ResourceName {

	private static final Pattern FORM = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

	private ResourceName() {
	}

	/**
	 * Whether it is a name.
	 * @param text anything
	 * @return {@code true} if so
	 */
	public static boolean isValid(String text) {
		return FORM.matcher(text).matches();
	}

	/**
	 * Refuses what is not a name. The text itself is not repeated: it may be anything.
	 * @param what it should name, such as {@code volume}
	 * @param text the name
	 * @return the name
	 * @throws ProblemException {@link Problem#BAD_NAME}
	 */
	public static String require(String what, String text) {
		if (!isValid(text)) {
			throw new ProblemException(Problem.BAD_NAME,
					"The name of a %s has 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
						.formatted(what));
		}
		return text;
	}

}
