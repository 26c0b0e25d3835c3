package dev.holdfast.buffer;

import java.util.Locale;

/**
 * Pages that a buffer's memory is made of, or asked to be.
 */
public enum Pages {

	/** Huge ones of 2 MiB if the size is a multiple of that and there are enough. */
	AUTO("auto", 0),
	/** 4 KiB, which are always there. */
	SMALL("4k", 4L << 10),
	/** Huge pages of 2 MiB. */
	LARGE("2m", 2L << 20),
	/** Huge pages of 1 GiB. */
	HUGE("1g", 1L << 30);

	private final String label;

	private final long bytes;

	Pages(String label, long bytes) {
		this.label = label;
		this.bytes = bytes;
	}

	/**
	 * The name in the API.
	 * @return such as {@code 2m}
	 */
	public String label() {
		return this.label;
	}

	/**
	 * Finds pages by their name in the API.
	 * @param label such as {@code 2m}
	 * @return the pages
	 * @throws IllegalArgumentException if there is no such name
	 */
	public static Pages of(String label) {
		for (Pages pages : values()) {
			if (pages.label.equals(label.toLowerCase(Locale.ROOT))) {
				return pages;
			}
		}
		throw new IllegalArgumentException("pages are auto, 4k, 2m or 1g");
	}

	/**
	 * Size of one page.
	 * @return bytes; 0 for {@link #AUTO}
	 */
	long bytes() {
		return this.bytes;
	}

}
