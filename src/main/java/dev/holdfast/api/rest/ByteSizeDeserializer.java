package dev.holdfast.api.rest;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads a size from a JSON integer or string.
 */
final class ByteSizeDeserializer extends StdDeserializer<ByteSize> {

	ByteSizeDeserializer() {
		super(ByteSize.class);
	}

	@Override
	public ByteSize deserialize(JsonParser parser, DeserializationContext context) {
		return read(parser);
	}

	/**
	 * Reads the value that the parser is at.
	 * @throws ProblemException {@link Problem#MALFORMED_REQUEST}
	 */
	static ByteSize read(JsonParser parser) {
		JsonToken token = parser.currentToken();
		if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
			// Three for each operation of a batch: text would be the larger part of
			// reading it. Only the text tells 0 from -0.
			long bytes = parser.getLongValue();
			if (bytes > 0 && bytes <= ByteSize.MAX_BYTES) {
				return new ByteSize(bytes);
			}
		}
		String name = String.valueOf(parser.currentName());
		if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING) {
			throw new ProblemException(Problem.MALFORMED_REQUEST,
					name + ": write an integer in bytes, or a string such as \"64MiB\"");
		}
		try {
			return ByteSize.parse(parser.getString());
		}
		catch (IllegalArgumentException ex) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, name + ": " + ex.getMessage());
		}
	}

}
