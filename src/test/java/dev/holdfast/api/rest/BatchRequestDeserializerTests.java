package dev.holdfast.api.rest;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BatchRequestDeserializer}: whatever comes, it reads what the library
 * would read for records of the same form, and refuses what that refuses.
 */
class BatchRequestDeserializerTests {

	private static final List<String> VALUES = List.of("null", "0", "-0", "-1", "4096", "0.5", "1e3",
			"9007199254740992", "99999999999999999999", "\"\"", "\"read\"", "\"4KiB\"", "\"4KB\"", "\"true\"", "true",
			"false", "[]", "[7]", "{}", "{\"op\":1}", "[", "nul");

	private static final JsonMapper JSON = mapper();

	private static JsonMapper mapper() {
		JsonMapper.Builder builder = JsonMapper.builder();
		WebSetup.strictJson().customize(builder);
		return builder.build();
	}

	private static Stream<String> bodies() {
		Stream<String> items = Stream.of("op", "offset", "length", "buffer", "bufferOffset", "fua", "colour", "Op")
			.flatMap((name) -> VALUES.stream()
				.flatMap((value) -> Stream.of("{\"%s\":%s}".formatted(name, value),
						"{\"colour\":1,\"%s\":%s}".formatted(name, value),
						"{\"%s\":%s,\"length\":7}".formatted(name, value))));
		Stream<String> lists = Stream.concat(items, VALUES.stream())
			.flatMap((item) -> Stream.of("{\"operations\":[%s]}".formatted(item),
					"{\"ordered\":true,\"operations\":[{},%s]}".formatted(item)));
		Stream<String> fields = Stream.of("operations", "ordered", "colour")
			.flatMap((name) -> VALUES.stream()
				.flatMap((value) -> Stream.of("{\"%s\":%s}".formatted(name, value),
						"{\"colour\":1,\"%s\":%s}".formatted(name, value))));
		Stream<String> broken = Stream.of("", "{", "{\"operations\"", "{\"operations\":[{\"op\":\"read\"", "{}{}",
				"{},", "{\"operations\":[],\"operations\":[]}", "{\"operations\":[{\"op\":\"read\",\"op\":\"read\"}]}",
				"{\"colour\":1,\"colour\":1}");
		return Stream.of(lists, fields, VALUES.stream(), broken).flatMap((bodies) -> bodies);
	}

	@Test
	void shouldReadWhatTheLibraryReads() {
		assertThat(bodies()).allSatisfy(
				(body) -> assertThat(outcome(BatchRequest.class, body)).as(body).isEqualTo(outcome(Batch.class, body)));
	}

	@Test
	void shouldReadEachField() {
		String item = "{\"op\":\"write\",\"offset\":4096,\"length\":\"4KiB\",\"buffer\":\"b\",\"bufferOffset\":8192,\"fua\":true}";
		BatchRequest read = JSON.readValue("{\"ordered\":true,\"operations\":[null,%s]}".formatted(item),
				BatchRequest.class);
		assertThat(read.ordered()).isTrue();
		assertThat(read.operations()).containsExactly(null, new BatchRequest.BatchItem("write", new ByteSize(4096),
				new ByteSize(4096), "b", new ByteSize(8192), true));
	}

	private static String outcome(Class<?> type, String body) {
		try {
			return JSON.writeValueAsString(JSON.readValue(body, type));
		}
		catch (JacksonException | ProblemException ex) {
			for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
				if (cause instanceof ProblemException known) {
					return known.detail();
				}
			}
			return refusal((JacksonException) ex);
		}
	}

	/** As much of it as a client is told. */
	private static String refusal(JacksonException ex) {
		if (ex instanceof StreamReadException) {
			return "not JSON at " + ex.getLocation().offsetDescription();
		}
		if (ex instanceof UnrecognizedPropertyException unknown) {
			return "no field " + unknown.getPropertyName();
		}
		return "wrong kind at " + path(ex);
	}

	private static String path(JacksonException ex) {
		return ex.getPath()
			.stream()
			.map((reference) -> reference.getPropertyName() + reference.getIndex())
			.collect(Collectors.joining("."));
	}

	/** Of the form of {@link BatchRequest}. */
	record Batch(@Nullable List<@Nullable Item> operations, @Nullable Boolean ordered) {

	}

	/** Of the form of {@link BatchRequest.BatchItem}. */
	record Item(@Nullable String op, @Nullable ByteSize offset, @Nullable ByteSize length, @Nullable String buffer,
			@Nullable ByteSize bufferOffset, @Nullable Boolean fua) {

	}

}
