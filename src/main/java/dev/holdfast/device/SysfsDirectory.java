package dev.holdfast.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A directory of sysfs and its attributes, one file each. An attribute that is missing,
 * refused or nonsense is not there, and neither is one whose device went away while it
 * was read ({@code ENODEV}): nobody can do more about one than about the other.
 *
 * @param path of the directory
 */
record SysfsDirectory(Path path) {

	String name() {
		return this.path.getFileName().toString();
	}

	/** What a partition is part of. */
	SysfsDirectory parent() {
		return new SysfsDirectory(this.path.resolve("..").normalize());
	}

	byte @Nullable [] bytes(String attribute) {
		try {
			// Not interruptible, unlike a channel: an interrupt makes no drive go away.
			return Files.readAllBytes(this.path.resolve(attribute));
		}
		catch (IOException ex) {
			return null;
		}
	}

	/** What is meant to be read by people: printable ASCII, trimmed, not empty. */
	@Nullable String text(String attribute) {
		byte[] bytes = bytes(attribute);
		return (bytes != null) ? printable(bytes, 0, bytes.length) : null;
	}

	/** A path, which may end in a space, but not in a line feed. */
	@Nullable String line(String attribute) {
		byte[] bytes = bytes(attribute);
		if (bytes == null || bytes.length == 0) {
			return null;
		}
		int end = (bytes[bytes.length - 1] == '\n') ? bytes.length - 1 : bytes.length;
		return new String(bytes, 0, end, StandardCharsets.UTF_8);
	}

	/** From 0 to {@code most}; 0 for anything else. */
	long number(String attribute, long most) {
		String text = text(attribute);
		try {
			long number = (text != null) ? Long.parseLong(text) : 0;
			return (number < 0 || number > most) ? 0 : number;
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	boolean flag(String attribute) {
		return number(attribute, 1) == 1;
	}

	boolean has(String attribute) {
		return Files.exists(this.path.resolve(attribute));
	}

	/** Names in a directory below, sorted; none if it is not there. */
	List<String> names(String directory) {
		try {
			return list(this.path.resolve(directory));
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	static List<String> list(Path directory) throws IOException {
		List<String> names = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
			entries.forEach((entry) -> names.add(entry.getFileName().toString()));
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
		Collections.sort(names);
		return names;
	}

	/**
	 * Vendors pad with spaces and zero bytes, and some leave worse, which must not reach
	 * a log or a label of a metric.
	 */
	static @Nullable String printable(byte[] bytes, int from, int to) {
		String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).replace('\0', ' ')
			.strip()
			.replaceAll("[^ -~]", "?");
		return text.isEmpty() ? null : text;
	}

}
