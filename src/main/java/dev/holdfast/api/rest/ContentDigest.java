package dev.holdfast.api.rest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.greenbytes.http.sfv.ByteSequenceItem;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What a request says about the digest of its content, or wants to know of the answer's
 * (RFC 9530). The content is what the message holds: of a {@code 206} the part, of a
 * {@code multipart/byteranges} all of it.
 */
final class ContentDigest {

	static final String HEADER = "Content-Digest";

	static final String WANTED = "Want-Content-Digest";

	/** What is understood here, for the answer to whom sent something else. */
	private static final String UNDERSTOOD = "sha-256=10, crc32c=5";

	private static final long MOST_WANTED = 10;

	/**
	 * Digests of something else than the bytes of this body, or of before RFC 9530.
	 * Whoever sends one expects that it is verified.
	 */
	private static final List<String> OTHERS = List.of("Repr-Digest", "Digest", "Content-MD5");

	private final Map<DigestAlgorithm, ByteBuffer> expected;

	private ContentDigest(Map<DigestAlgorithm, ByteBuffer> expected) {
		this.expected = expected;
	}

	/**
	 * The digests that came with a body. Those of unknown algorithms are ignored if there
	 * is one that is known.
	 * @return {@code null} if there are none
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST},
	 * {@link Problem#NOT_SUPPORTED}
	 */
	static @Nullable ContentDigest of(HttpServletRequest request, HttpServletResponse response) {
		refuseOthers(request);
		Map<String, ListElement<?>> members = dictionary(request);
		Map<DigestAlgorithm, ByteBuffer> expected = new EnumMap<>(DigestAlgorithm.class);
		members.forEach((key, member) -> {
			DigestAlgorithm algorithm = DigestAlgorithm.ofKey(key);
			if (algorithm != null) {
				expected.put(algorithm, value(algorithm, member));
			}
		});
		if (expected.isEmpty() && !members.isEmpty()) {
			response.setHeader(WANTED, UNDERSTOOD);
			throw new ProblemException(Problem.NOT_SUPPORTED,
					"Digests that can be verified here are sha-256 and crc32c");
		}
		return expected.isEmpty() ? null : new ContentDigest(expected);
	}

	private static void refuseOthers(HttpServletRequest request) {
		for (String name : OTHERS) {
			if (request.getHeader(name) != null) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						name + " is not verified here: send Content-Digest, or nothing");
			}
		}
		for (String trailer : Collections.list(request.getHeaders(HttpHeaders.TRAILER))) {
			if (trailer.toLowerCase(Locale.ROOT).contains("digest")) {
				throw new ProblemException(Problem.NOT_SUPPORTED,
						"A digest in the trailer is not verified here: send Content-Digest as a header");
			}
		}
	}

	private static Map<String, ListElement<?>> dictionary(HttpServletRequest request) {
		try {
			return parsed(request, HEADER).get();
		}
		catch (ParseException ex) {
			throw malformed();
		}
	}

	private static Dictionary parsed(HttpServletRequest request, String name) {
		List<String> lines = Collections.list(request.getHeaders(name));
		return Parser.parseDictionary(String.join(",", lines.stream().filter((line) -> !line.isBlank()).toList()));
	}

	private static ByteBuffer value(DigestAlgorithm algorithm, ListElement<?> member) {
		if (member instanceof ByteSequenceItem bytes && bytes.get().remaining() == algorithm.length()) {
			return bytes.get();
		}
		throw malformed();
	}

	private static ProblemException malformed() {
		return new ProblemException(Problem.MALFORMED_REQUEST,
				"Write Content-Digest as sha-256=:…: or crc32c=:…:, 32 or 4 bytes in base64 between colons");
	}

	/**
	 * Compares.
	 * @throws ProblemException {@link Problem#DIGEST_MISMATCH}
	 */
	void verify(Iterable<ByteBuffer> content) {
		this.expected.forEach((algorithm, digest) -> {
			byte[] found = algorithm.of(content);
			byte[] wanted = new byte[digest.remaining()];
			digest.duplicate().get(wanted);
			if (!MessageDigest.isEqual(found, wanted)) {
				throw new ProblemException(Problem.DIGEST_MISMATCH,
						"The body that arrived has another %s than was sent with it; nothing was written"
							.formatted(algorithm.key()))
					.with("found", header(algorithm, found));
			}
		});
	}

	/**
	 * The digest that a request wants of its answer: the one it prefers of those that
	 * there are. What cannot be understood is no preference.
	 * @return {@code null} if it wants none
	 */
	static @Nullable DigestAlgorithm wanted(HttpServletRequest request) {
		Map<String, ListElement<?>> members;
		try {
			members = parsed(request, WANTED).get();
		}
		catch (ParseException ex) {
			return null;
		}
		DigestAlgorithm best = null;
		long preference = 0;
		for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
			if (members.get(algorithm.key()) instanceof IntegerItem item && item.getAsLong() <= MOST_WANTED
					&& item.getAsLong() > preference) {
				best = algorithm;
				preference = item.getAsLong();
			}
		}
		return best;
	}

	static String header(DigestAlgorithm algorithm, byte[] digest) {
		return algorithm.key() + "=" + ByteSequenceItem.valueOf(digest).serialize();
	}

}
