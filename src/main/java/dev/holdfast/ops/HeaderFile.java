package dev.holdfast.ops;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import dev.holdfast.tenant.Token;
import org.jspecify.annotations.Nullable;

/**
 * A token in a file that only its owner reads, as the header that {@code curl -H @file}
 * sends: so that no secret is ever on a screen, in a history or in a list of processes.
 */
final class HeaderFile {

	static final String HEADER = "Authorization: Bearer ";

	private final Path path;

	HeaderFile(Path path) {
		this.path = path;
	}

	Path path() {
		return this.path;
	}

	/**
	 * What is in the file.
	 * @return {@code null} if there is no such file, or something else is in it
	 */
	@Nullable String read() throws IOException {
		if (!Files.isRegularFile(this.path)) {
			return null;
		}
		String line = Files.readString(this.path).strip();
		return line.startsWith(HEADER) ? line.substring(HEADER.length()) : null;
	}

	/**
	 * Writes the file, whole or not at all. It is never readable for others, not even for
	 * a moment.
	 */
	void write(Token token) throws IOException {
		Path part = this.path.resolveSibling(this.path.getFileName() + ".part");
		Files.deleteIfExists(part);
		try (FileChannel file = FileChannel.open(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
			ByteBuffer bytes = ByteBuffer.wrap((HEADER + token.reveal() + "\n").getBytes(StandardCharsets.US_ASCII));
			while (bytes.hasRemaining()) {
				file.write(bytes);
			}
			file.force(true);
		}
		Files.move(part, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

}
