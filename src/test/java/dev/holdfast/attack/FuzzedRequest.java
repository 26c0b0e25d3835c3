package dev.holdfast.attack;

import java.nio.charset.StandardCharsets;

import dev.holdfast.attack.ApiDocument.Described;
import org.jspecify.annotations.Nullable;

/**
 * A request that the fuzzer has made.
 *
 * @param operation what it is meant for; {@code null} for what is not described
 * @param method of it
 * @param head with the empty line at its end
 * @param body as it is sent, framing included
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares requests.
record FuzzedRequest(@Nullable Described operation, String method, String head, byte[] body) {

	@Override
	public String toString() {
		String text = new String(this.body, StandardCharsets.ISO_8859_1);
		return this.head.replaceAll("Authorization: .*", "Authorization: …")
				+ text.substring(0, Math.min(text.length(), 1_000));
	}

}
