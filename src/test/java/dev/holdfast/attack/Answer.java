package dev.holdfast.attack;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came back for a request.
 *
 * @param status of it
 * @param headers by their names in lower case
 * @param body as far as it came
 * @param whole whether all of it came
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
record Answer(int status, Map<String, String> headers, byte[] body, boolean whole) {

	String header(String name) {
		return this.headers.getOrDefault(name, "");
	}

	String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	JsonNode json() {
		return JsonMapper.shared().readTree(this.body);
	}

	@Override
	public String toString() {
		String shown = text();
		return this.status + " " + this.headers + " " + shown.substring(0, Math.min(shown.length(), 500));
	}

}
