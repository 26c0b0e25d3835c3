package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.api.rest.BatchRequest.BatchItem;
import dev.holdfast.contract.ByteSize;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads a batch straight from the JSON, by the rules of every other body: for each of
 * many small operations, finding and calling its constructor would take longer than
 * reading it.
 */
final class BatchRequestDeserializer extends StdDeserializer<BatchRequest> {

	BatchRequestDeserializer() {
		super(BatchRequest.class);
	}

	@Override
	public BatchRequest deserialize(JsonParser parser, DeserializationContext context) {
		Fields fields = new Fields(BatchRequest.class, parser, context);
		List<@Nullable BatchItem> operations = null;
		Boolean ordered = null;
		for (String name = fields.next(); name != null; name = fields.next()) {
			try {
				switch (name) {
					case "operations" -> operations = operations(parser, context);
					case "ordered" -> ordered = bool(parser, context);
					default -> fields.unknown(name);
				}
			}
			catch (JacksonException ex) {
				throw ex.prependPath(BatchRequest.class, name);
			}
		}
		return new BatchRequest(operations, ordered);
	}

	private static @Nullable List<@Nullable BatchItem> operations(JsonParser parser, DeserializationContext context) {
		if (parser.currentToken() == JsonToken.VALUE_NULL) {
			return null;
		}
		if (parser.currentToken() != JsonToken.START_ARRAY) {
			context.handleUnexpectedToken(List.class, parser);
		}
		List<@Nullable BatchItem> items = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			try {
				items.add((parser.currentToken() == JsonToken.VALUE_NULL) ? null : item(parser, context));
			}
			catch (JacksonException ex) {
				throw ex.prependPath(items, items.size());
			}
		}
		return items;
	}

	private static BatchItem item(JsonParser parser, DeserializationContext context) {
		Fields fields = new Fields(BatchItem.class, parser, context);
		String op = null;
		ByteSize offset = null;
		ByteSize length = null;
		String buffer = null;
		ByteSize bufferOffset = null;
		Boolean fua = null;
		for (String name = fields.next(); name != null; name = fields.next()) {
			try {
				switch (name) {
					case "op" -> op = string(parser, context);
					case "offset" -> offset = size(parser);
					case "length" -> length = size(parser);
					case "buffer" -> buffer = string(parser, context);
					case "bufferOffset" -> bufferOffset = size(parser);
					case "fua" -> fua = bool(parser, context);
					default -> fields.unknown(name);
				}
			}
			catch (JacksonException ex) {
				throw ex.prependPath(BatchItem.class, name);
			}
		}
		return new BatchItem(op, offset, length, buffer, bufferOffset, fua);
	}

	private static @Nullable ByteSize size(JsonParser parser) {
		return (parser.currentToken() == JsonToken.VALUE_NULL) ? null : ByteSizeDeserializer.read(parser);
	}

	private static @Nullable String string(JsonParser parser, DeserializationContext context) {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> parser.getString();
			case VALUE_NULL -> null;
			default -> context.readValue(parser, String.class);
		};
	}

	private static @Nullable Boolean bool(JsonParser parser, DeserializationContext context) {
		return switch (parser.currentToken()) {
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_NULL -> null;
			default -> context.readValue(parser, Boolean.class);
		};
	}

	/**
	 * The fields of one object. What is wrong with the values of others is told before
	 * there being one too many.
	 */
	private static final class Fields {

		private final Class<?> type;

		private final JsonParser parser;

		private final DeserializationContext context;

		private @Nullable String unknown;

		Fields(Class<?> type, JsonParser parser, DeserializationContext context) {
			this.type = type;
			this.parser = parser;
			this.context = context;
			if (parser.currentToken() != JsonToken.START_OBJECT) {
				context.handleUnexpectedToken(type, parser);
			}
		}

		/**
		 * Goes to the value of the next field.
		 * @return its name, or {@code null} at the end
		 */
		@Nullable String next() {
			String name = this.parser.nextName();
			if (name != null) {
				this.parser.nextToken();
			}
			else if (this.unknown != null) {
				this.context.handleUnknownProperty(this.parser, null, this.type, this.unknown);
			}
			return name;
		}

		void unknown(String name) {
			this.unknown = (this.unknown != null) ? this.unknown : name;
			this.parser.skipChildren();
		}

	}

}
