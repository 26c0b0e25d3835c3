package dev.holdfast.ops;

import java.io.IOException;

import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first start makes a token for whoever administers.
 */
final class AdministratorToken {

	static final String FILE = "admin.header";

	private static final Logger log = LoggerFactory.getLogger(AdministratorToken.class);

	private AdministratorToken() {
	}

	static void ensure(DataDirectory directory, Tokens tokens) throws IOException {
		if (tokens.hasAdministrator()) {
			return;
		}
		HeaderFile file = new HeaderFile(directory.file(FILE));
		new StoredToken(tokens, TokenSpec.ADMINISTRATOR, file).ensure();
		log.info("An administrator's token is in {}: use it with curl -H @{}", file.path(), file.path());
	}

}
