package dev.holdfast.contract;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size as requests and configuration write it: an integer in bytes, or one with
 * {@code KiB}, {@code MiB}, {@code GiB} or {@code TiB}. Below 2^53, so that every JSON
 * reader holds it exactly.
 *
 * @param bytes the size in bytes
 */
public record ByteSize(long bytes) {

	/** The largest size there is. */
	public static final long MAX_BYTES = (1L << 53) - 1;

	private static final int LONGEST_QUOTED = 32;

	private static final Pattern FORM = Pattern.compile("(\\d{1,19})\\s*([A-Za-z]*)");

	public ByteSize {
		if (bytes < 0 || bytes > MAX_BYTES) {
			throw new IllegalArgumentException("a size is from 0 to %d bytes, not %d".formatted(MAX_BYTES, bytes));
		}
	}

	/**
	 * Reads a size.
	 * @param text such as {@code 1048576} or {@code 1MiB}
	 * @return the size
	 * @throws IllegalArgumentException with a sentence that says what to write
	 */
	public static ByteSize parse(String text) {
		Matcher matcher = FORM.matcher(text.strip());
		if (!matcher.matches()) {
			throw new IllegalArgumentException(
					"'%s' is not a size: write bytes, such as 1048576, or 1024KiB, 1MiB, 1GiB, 1TiB"
						.formatted(shortened(text)));
		}
		long factor = factor(matcher.group(2));
		try {
			return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
		}
		catch (ArithmeticException | NumberFormatException ex) {
			throw new IllegalArgumentException(
					"%s is too large: a size stays below 2^53 bytes".formatted(shortened(text)), ex);
		}
	}

	private static long factor(String unit) {
		return switch (unit) {
			case "" -> 1;
			case "KiB" -> 1L << 10;
			case "MiB" -> 1L << 20;
			case "GiB" -> 1L << 30;
			case "TiB" -> 1L << 40;
			case "KB", "MB", "GB", "TB" -> throw new IllegalArgumentException(
					"%s may mean two things: write %siB".formatted(unit, unit.substring(0, 1)));
			default -> throw new IllegalArgumentException(
					"'%s' is not a unit: write KiB, MiB, GiB or TiB, or leave it out for bytes"
						.formatted(shortened(unit)));
		};
	}

	private static String shortened(String text) {
		return (text.length() <= LONGEST_QUOTED) ? text : text.substring(0, LONGEST_QUOTED) + "…";
	}

	/**
	 * The largest unit that keeps the number whole.
	 */
	@Override
	public String toString() {
		String[] units = { "", "KiB", "MiB", "GiB", "TiB" };
		int unit = (this.bytes == 0) ? 0 : Math.min(Long.numberOfTrailingZeros(this.bytes) / 10, units.length - 1);
		return (this.bytes >> (10 * unit)) + units[unit];
	}

}
