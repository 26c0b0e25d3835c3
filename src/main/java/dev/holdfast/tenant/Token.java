package dev.holdfast.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import org.jspecify.annotations.Nullable;

/**
 * A token as its holder has it: {@code hf_<id>_<secret>_<crc32>}. The id is public and
 * finds the record; the secret is 256 random bits; the checksum lets a mangled token be
 * refused, and a leaked one be recognised by scanners, without asking anyone.
 */
public final class Token {

	private static final Pattern FORM = Pattern.compile("hf_[a-z0-9]{12}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}");

	private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

	private static final int ID_START = 3;

	private static final int ID_END = 15;

	private static final int SECRET_START = 16;

	private static final int SECRET_END = 59;

	private static final int SECRET_BYTES = 32;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final String text;

	private Token(String text) {
		this.text = text;
	}

	/**
	 * A new one.
	 * @return that nobody else has
	 */
	public static Token random() {
		StringBuilder head = new StringBuilder("hf_");
		for (int i = ID_START; i < ID_END; i++) {
			head.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
		}
		byte[] secret = new byte[SECRET_BYTES];
		RANDOM.nextBytes(secret);
		head.append('_').append(Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
		return new Token(head + "_" + checksum(head.toString()));
	}

	/**
	 * Reads a token without looking anything up.
	 * @param text what someone sent
	 * @return the token, or {@code null} if it cannot be one
	 */
	public static @Nullable Token parse(String text) {
		if (!FORM.matcher(text).matches()) {
			return null;
		}
		return checksum(text.substring(0, SECRET_END)).equals(text.substring(SECRET_END + 1)) ? new Token(text) : null;
	}

	private static String checksum(String head) {
		CRC32 crc = new CRC32();
		crc.update(head.getBytes(StandardCharsets.US_ASCII));
		return HexFormat.of().toHexDigits((int) crc.getValue());
	}

	String id() {
		return this.text.substring(ID_START, ID_END);
	}

	/**
	 * What is kept of the secret: SHA-256 of its characters. It needs no salt and no
	 * stretching, since the secret is random and not chosen by a person.
	 * @return in hexadecimal
	 */
	String hash() {
		byte[] secret = this.text.substring(SECRET_START, SECRET_END).getBytes(StandardCharsets.US_ASCII);
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java has SHA-256", ex);
		}
	}

	/** Compares in a time that does not depend on where a difference is. */
	boolean hasHash(String hash) {
		return MessageDigest.isEqual(hash().getBytes(StandardCharsets.US_ASCII),
				hash.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * All of it, secret included: for its holder and nobody else.
	 * @return what to send as {@code Bearer}
	 */
	public String reveal() {
		return this.text;
	}

	/**
	 * Without the secret, so that it can be logged by mistake.
	 */
	@Override
	public String toString() {
		return "hf_" + id() + "_…";
	}

}
