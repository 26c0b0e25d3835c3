package dev.holdfast.attack;

import java.nio.charset.StandardCharsets;
import java.util.Collection;

import tools.jackson.databind.JsonNode;

/**
 * What holds for every answer.
 */
final class Oracle {

	private static final String[] NEVER = { "Exception", "dev.holdfast", "org.apache", "org.springframework",
			"tools.jackson", "com.fasterxml", "java.lang", "java.base", "Tomcat", "\\tat ", "<html", "/proc/self",
			"holdfast-test" };

	private Oracle() {
	}

	/**
	 * Fails unless a refusal is a problem in the form of RFC 9457, as documented.
	 */
	static void assertProblem(Answer answer) {
		require(answer.whole(), answer, "is cut short");
		require(answer.header("content-type").equals("application/problem+json"), answer, "is no problem document");
		JsonNode problem = answer.json();
		String code = problem.path("code").asString("");
		require(!code.isEmpty(), answer, "has no code");
		require(problem.path("type").asString("").equals("/problems/" + code), answer, "has another type");
		require(problem.path("status").asInt(0) == answer.status(), answer, "has another status");
		require(!problem.path("title").asString("").isBlank(), answer, "has no title");
		require(!problem.path("detail").asString("").isBlank(), answer, "has no detail");
		String id = problem.path("requestId").asString("");
		require(!id.isEmpty() && id.equals(answer.header("x-request-id")), answer, "has no id");
	}

	/**
	 * Fails if an answer says what only the service may know.
	 */
	static void assertDiscreet(Answer answer, Collection<String> secrets) {
		if (answer.header("content-type").equals("application/octet-stream")) {
			return;
		}
		String said = answer.headers() + new String(answer.body(), StandardCharsets.UTF_8);
		for (String never : NEVER) {
			require(!said.contains(never), answer, "says " + never);
		}
		for (String secret : secrets) {
			require(!said.contains(secret), answer, "says a secret");
		}
	}

	static void require(boolean holds, Answer answer, String otherwise) {
		if (!holds) {
			throw new AssertionError("The answer " + otherwise + ": " + answer);
		}
	}

}
