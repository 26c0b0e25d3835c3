package dev.holdfast.ops;

import java.io.IOException;

import dev.holdfast.tenant.Token;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;

/**
 * A token that the service makes for its operator and keeps in a file.
 */
final class StoredToken {

	private final Tokens tokens;

	private final TokenSpec spec;

	private final HeaderFile file;

	StoredToken(Tokens tokens, TokenSpec spec, HeaderFile file) {
		this.tokens = tokens;
		this.spec = spec;
		this.file = file;
	}

	/**
	 * Sees to it that the file holds a token that works: that of an earlier start, or a
	 * new one, with which the earlier one ends.
	 * @return whether it was made now
	 */
	boolean ensure() throws IOException {
		String text = this.file.read();
		if (text != null && this.tokens.authenticate(text).isPresent()) {
			return false;
		}
		this.tokens.revoke(this.spec.tenant(), this.spec.name());
		Token token = this.tokens.issue(this.spec).token();
		if (token == null) {
			throw new IllegalStateException("a token that was revoked is not there any more");
		}
		this.file.write(token);
		return true;
	}

}
