package dev.holdfast.attack;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Values of parameters: good ones, nearly good ones and wild ones, by their names. None
 * names a drive of the machine, or anything that is not the fuzzer's to lose.
 */
final class WildValues {

	private static final List<String> WILD = List.of("", " ", "0", "-1", "%00", "%2e%2e", "..", ".", "%2f", "%5c", "\\",
			"%", "%zz", "%C3%28", "%ff", "%F0%9F%92%A9", "a;b=c", ";", "*", "null", "undefined", "true", "{}", "[]",
			"'", "%22", "<x>", "a%0d%0ab", "a".repeat(64), "a".repeat(300), "A", "a_b", "-a", "a-", "a.b", ":", "a:b",
			"a:flush", "..%2f..%2fvault", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e9",
			"NaN", "0x10", "%24%7bjndi%7d", "%s%n", "|", "`", "^", "a,b", "\"", "@", "#", "?", "&", "=", "+", "~", "!",
			"$");

	private static final List<String> NUMBERS = List.of("0", "1", "4095", "4096", "4097", "65536", "1048575", "1048576",
			"9007199254740991", "9007199254740992", "1KiB", "64KiB", "1%20MiB", "1KB", "99999999999999999999");

	private static final List<String> RANGES = List.of("bytes=0-0", "bytes=0-4095", "bytes=1-70000", "bytes=-1",
			"bytes=5-", "bytes=0-1,5-6", "bytes=5-4", "bytes=99999999999999999999-", "bytes=", "items=0-5",
			"bytes=0-0,".repeat(80), "bytes=a-b", "bytes", "bytes=-0", ",");

	private static final List<String> CONTENT_RANGES = List.of("bytes 0-4/*", "bytes 0-99/*", "bytes 5-4/*",
			"bytes */5", "bytes 0-4/5", "bytes 0-9/3", "bytes 99999999999999999999-4/*", "bytes", "items 0-4/*");

	private static final List<String> DIGESTS = List.of("crc32c=:mnG7TA==:", "crc32c=:AAAAAA==:", "sha-256=:AAAA:",
			"md5=:AA==:", "crc32c", "crc32c=1", "crc32c=:?:", "sha-256=(1 2);a", "crc32c=10", "crc32c=0", "\u00e9");

	private static final List<String> TAGS = List.of("*", "\"x\"", "W/\"x\"", "\"", "x", "\"a\",\"b\"", "*,*", ",",
			"\"\u00e9\"");

	private WildValues() {
	}

	static String path(String name, boolean administrator, boolean deletes, SplittableRandom random) {
		if (random.nextInt(15) == 0) {
			return wild(random);
		}
		return switch (name) {
			case "tenant" -> administrator ? pick(random, "fuzzed", "fuzzed", "fuzzed", "fuzzed-2") : pick(random,
					"fuzzed", "fuzzed", "fuzzed", "fuzzed", "fuzzed", "fuzzed", "fuzzed", "vault", "mallory", "nobody");
			case "volume" -> deletes ? pick(random, "a", "b", "c", "no-such")
					: pick(random, "anchor", "anchor", "a", "b", "c", "no-such");
			case "device" -> pick(random, "d0", "x1", "x2");
			case "code" -> pick(random, "not-found", "overloaded", "nonsense", "NOT_FOUND");
			case "id" -> Long.toHexString(random.nextLong());
			default -> pick(random, "a", "a", "a", "b", "b", "c", "no-such", "longer-name-of-something");
		};
	}

	static String query(String name, SplittableRandom random) {
		if (random.nextInt(6) == 0) {
			return wild(random);
		}
		return switch (name) {
			case "pageSize" -> pick(random, "1", "2", "100", "1000", "1001", "0", "-1");
			case "pageToken" -> pick(random, "", "YQ", "YQ==", "eyJ9", "!!", "AAAA".repeat(50));
			case "fua" -> pick(random, "true", "false", "TRUE", "1", "yes");
			default -> pick(random, NUMBERS);
		};
	}

	static String header(String name, SplittableRandom random) {
		if (random.nextInt(5) == 0) {
			return noise(random);
		}
		return switch (name) {
			case "Range" -> pick(random, RANGES);
			case "Content-Range" -> pick(random, CONTENT_RANGES);
			case "Content-Digest", "Want-Content-Digest" -> pick(random, DIGESTS);
			case "Holdfast-Lease" -> pick(random, "0", "1", "2", "3", "-1", "9223372036854775808", "x");
			default -> pick(random, TAGS);
		};
	}

	static String wild(SplittableRandom random) {
		if (random.nextInt(3) > 0) {
			return pick(random, WILD);
		}
		byte[] bytes = new byte[1 + random.nextInt(12)];
		random.nextBytes(bytes);
		return URLEncoder.encode(new String(bytes, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
	}

	/**
	 * What may be in a header's value, and sometimes what may not.
	 */
	static String noise(SplittableRandom random) {
		StringBuilder text = new StringBuilder();
		int length = random.nextInt(30);
		for (int i = 0; i < length; i++) {
			int character = random.nextInt(256);
			boolean allowed = character >= ' ' && character != 127;
			boolean sent = allowed || (random.nextInt(400) == 0 && character != '\n' && character != '\r');
			text.append(sent ? (char) character : 'x');
		}
		return text.toString();
	}

	static String pick(SplittableRandom random, String... of) {
		return of[random.nextInt(of.length)];
	}

	static String pick(SplittableRandom random, List<String> of) {
		return of.get(random.nextInt(of.size()));
	}

}
