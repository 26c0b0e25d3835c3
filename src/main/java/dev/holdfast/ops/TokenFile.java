package dev.holdfast.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

import dev.holdfast.tenant.Token;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with an administrator's token that the operator provides: the token alone, or
 * the header that {@code curl -H @file} sends.
 */
final class TokenFile {

	private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

	private static final int LARGEST = 4096;

	private static final String ADVICE = "Make one with: admin-token --new=FILE, and write its name as "
			+ "holdfast.admin-token-file; or leave that out.";

	private TokenFile() {
	}

	/**
	 * Reads the token.
	 * @throws StartRefusedException that says what is wrong, and nothing of what is there
	 */
	static Token read(Path file) {
		try {
			if (!Files.isRegularFile(file)) {
				throw refused(file, "is no file", null);
			}
			Token token = (Files.size(file) <= LARGEST) ? parse(Files.readAllBytes(file)) : null;
			if (token == null) {
				throw refused(file, "does not hold a token of Holdfast", null);
			}
			if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
				log.warn("Everybody on this machine can read {}, which holds the administrator's token", file);
			}
			return token;
		}
		catch (IOException ex) {
			throw refused(file, "cannot be read (%s)".formatted(ex.getClass().getSimpleName()), ex);
		}
	}

	private static @Nullable Token parse(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
		return Token
			.parse(text.startsWith(HeaderFile.HEADER) ? text.substring(HeaderFile.HEADER.length()).strip() : text);
	}

	static StartRefusedException refused(Path file, String why, @Nullable Exception cause) {
		return new StartRefusedException("holdfast.admin-token-file: %s %s.".formatted(file, why), ADVICE, cause);
	}

}
