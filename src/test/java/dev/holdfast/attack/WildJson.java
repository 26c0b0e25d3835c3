package dev.holdfast.attack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import tools.jackson.databind.JsonNode;

/**
 * Bodies as a schema has them, and all that can be wrong with them.
 */
final class WildJson {

	private static final List<String> VALUES = List.of("null", "true", "false", "0", "-1", "1.5", "1e400", "-1e-400",
			"1E5", "4096.0", "99999999999999999999999", "9007199254740992", "-0", "\"\"", "\"x\"", "\"\\u0000\"",
			"\"\\ud800\"", "\"\\uFFFF\"", "[]", "{}", "[1]", "{\"a\":{}}", "[[[[]]]]", "\"" + "x".repeat(5_000) + "\"",
			"\"null\"", "\"0\"", "\"%s\"", "\"../..\"", "NaN", "Infinity", "01", "+1", ".5", "1.", "'x'", "undefined",
			"\"\\x\"", "\"\t\"", "tru", "9".repeat(2_000), "1e999999999", "\"\u00e9\"");

	private static final List<String> SIZES = List.of("4096", "65536", "1048576", "\"64KiB\"", "\"1MiB\"", "\"2MiB\"",
			"0", "4097", "-4096", "\"1MB\"", "\"1TiB\"", "9007199254740991", "\"\"", "\"1 KiB\"",
			"\"99999999999999999999\"");

	private static final Map<String, String> PLAIN = Map.of("sizeBytes", "65536", "role", "\"tenant\"", "offset", "0",
			"length", "4096", "ttlSeconds", "1");

	private final ApiDocument document;

	WildJson(ApiDocument document) {
		this.document = document;
	}

	byte[] body(JsonNode schema, SplittableRandom random) {
		if (random.nextInt(4) == 0) {
			return plain(schema).getBytes(StandardCharsets.UTF_8);
		}
		String text = object(schema, random, random.nextInt(3) == 0);
		return (random.nextInt(3) == 0) ? damaged(text, random) : text.getBytes(StandardCharsets.UTF_8);
	}

	/** What should be taken. */
	private static String plain(JsonNode schema) {
		StringBuilder text = new StringBuilder("{");
		PLAIN.forEach((name, value) -> {
			if (schema.path("properties").has(name)) {
				add(text, name, value);
			}
		});
		return text.append('}').toString();
	}

	private String object(JsonNode schema, SplittableRandom random, boolean wild) {
		StringBuilder text = new StringBuilder("{");
		schema.path("properties").properties().forEach((property) -> {
			if (random.nextInt(10) < 7) {
				String value = (wild && random.nextInt(2) == 0) ? WildValues.pick(random, VALUES)
						: value(property.getKey(), this.document.resolve(property.getValue()), random);
				add(text, property.getKey(), value);
				if (wild && random.nextInt(10) == 0) {
					add(text, property.getKey(), value);
				}
			}
		});
		if (wild && random.nextInt(3) == 0) {
			add(text, WildValues.pick(random, "unknown", "", "__proto__", "@class", "\\u0000", "sizebytes", "class",
					"\u00e9"), WildValues.pick(random, VALUES));
		}
		return text.append('}').toString();
	}

	private static void add(StringBuilder text, String name, String value) {
		text.append((text.length() > 1) ? "," : "").append('"').append(name).append("\":").append(value);
	}

	private String value(String name, JsonNode schema, SplittableRandom random) {
		JsonNode choices = schema.path("enum");
		if (!choices.isEmpty()) {
			return choices.get(random.nextInt(choices.size())).toString();
		}
		return switch (name) {
			case "role" -> WildValues.pick(random, "\"tenant\"", "\"reader\"", "\"admin\"", "\"root\"");
			case "path" -> WildValues.pick(random, "\"/nonexistent/drive\"", "\"relative\"", "\"\"", "\"/\"",
					"\"/nonexistent\\u0000\"");
			case "devices" -> WildValues.pick(random, "[\"d0\"]", "[\"x1\"]", "[]", "[\"d0\",\"d0\"]", "[null]");
			case "expiresAt" -> WildValues.pick(random, "\"2099-01-01T00:00:00Z\"", "\"2000-01-01T00:00:00Z\"",
					"\"+1000000000-12-31T23:59:59.999999999Z\"", "\"tomorrow\"", "\"2099-02-31T00:00:00Z\"");
			case "ttlSeconds" -> WildValues.pick(random, "1", "1", "0", "-1", "9223372036854775807", "2");
			case "serial", "wwid" -> WildValues.pick(random, "\"nothing-has-this\"", "\"\"");
			case "rename" -> WildValues.pick(random, "{}", "{\"a/b\":\"a/c\"}", "{\"\":\"\"}", "{\"a\":null}");
			default -> schema.path("type").asString("").equals("boolean") ? WildValues.pick(random, "true", "false")
					: WildValues.pick(random, SIZES);
		};
	}

	private static byte[] damaged(String text, SplittableRandom random) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return switch (random.nextInt(14)) {
			case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
			case 1 -> bytes(text + text);
			case 2 -> bytes("[" + text + "]");
			case 3 -> bytes("[".repeat(1 + random.nextInt(3_000)));
			case 4 -> bytes("{\"a\":".repeat(1 + random.nextInt(1_500)) + "1" + "}".repeat(random.nextInt(1_500)));
			case 5 -> text.getBytes(StandardCharsets.UTF_16);
			case 6 -> bytes("\ufeff" + text);
			case 7 -> bytes(WildValues.pick(random, VALUES));
			case 8 -> bytes(text.replace('"', '\''));
			case 9 -> bytes(text.replace("}", ",}"));
			case 10 -> bytes("/* x */" + text + "// y");
			case 11 -> bytes(text + "\u0000x");
			case 12 -> new byte[random.nextInt(100)];
			default -> flipped(bytes, random);
		};
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] flipped(byte[] bytes, SplittableRandom random) {
		for (int i = 0; i <= random.nextInt(4); i++) {
			bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
		}
		return bytes;
	}

}
