package dev.holdfast.api.rest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads a time as RFC 3339 has it, and no number, which may count seconds or
 * milliseconds.
 */
final class InstantDeserializer extends StdDeserializer<Instant> {

	private static final Pattern FORM = Pattern
		.compile("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[-+]\\d{2}:\\d{2})");

	InstantDeserializer() {
		super(Instant.class);
	}

	@Override
	public Instant deserialize(JsonParser parser, DeserializationContext context) {
		String name = String.valueOf(parser.currentName());
		if (parser.currentToken() == JsonToken.VALUE_STRING && FORM.matcher(parser.getString()).matches()) {
			try {
				return OffsetDateTime.parse(parser.getString()).toInstant();
			}
			catch (DateTimeException ex) {
				throw malformed(name);
			}
		}
		throw malformed(name);
	}

	private static ProblemException malformed(String name) {
		return new ProblemException(Problem.MALFORMED_REQUEST,
				name + ": write a time as RFC 3339 has it, such as \"2030-01-31T12:00:00Z\"");
	}

}
