package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Path;

import dev.holdfast.audit.AuditEvent;
import dev.holdfast.audit.AuditLog;
import dev.holdfast.tenant.Token;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of whoever administers: the first start makes one, unless the operator
 * provides it.
 */
final class AdministratorToken {

	static final String FILE = "admin.header";

	/** What the audit calls it. */
	static final String OBJECT = "tokens/admin";

	private static final Logger log = LoggerFactory.getLogger(AdministratorToken.class);

	private AdministratorToken() {
	}

	static void ensure(DataDirectory directory, Tokens tokens, @Nullable Path provided, AuditLog audit)
			throws IOException {
		if (provided != null) {
			install(provided, tokens, audit);
		}
		else if (!tokens.hasAdministrator()) {
			HeaderFile file = new HeaderFile(directory.file(FILE));
			new StoredToken(tokens, TokenSpec.ADMINISTRATOR, file).ensure();
			audit.record(AuditEvent.local("create", OBJECT));
			log.info("An administrator's token is in {}: use it with curl -H @{}", file.path(), file.path());
		}
	}

	private static void install(Path provided, Tokens tokens, AuditLog audit) {
		try {
			if (tokens.installAdministrator(TokenFile.read(provided))) {
				audit.record(AuditEvent.local("install", OBJECT));
				log.info("The administrator's token is that in {}; any other has ended", provided);
			}
		}
		catch (IllegalArgumentException ex) {
			throw TokenFile.refused(provided, "holds the id of a tenant's token", ex);
		}
	}

	/**
	 * Makes another one, with which the one before ends.
	 * @return where it is
	 */
	static Path reset(DataDirectory directory, Tokens tokens, AuditLog audit) throws IOException {
		HeaderFile file = new HeaderFile(directory.file(FILE));
		Token made = tokens.resetAdministrator();
		audit.record(AuditEvent.local("reset", OBJECT));
		file.write(made);
		return file.path();
	}

}
