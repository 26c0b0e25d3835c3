package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;

import dev.holdfast.contract.Problem;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.RawSocket;
import dev.holdfast.ops.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class ProblemsTests extends Service {

	@ParameterizedTest
	@EnumSource(ProblemType.class)
	void shouldExplainEachProblemToAnybody(ProblemType type) throws Exception {
		HttpResponse<String> response = Client.anonymous(this.port).get("/problems/" + type.code());
		assertThat(response.statusCode()).isEqualTo(200);
		JsonNode explanation = Client.json(response);
		assertThat(explanation.get("status").asInt()).isEqualTo(type.status());
		assertThat(explanation.get("explanation").asString()).isNotBlank();
	}

	@Test
	void shouldHaveAStatusForEachProblemOfTheContract() {
		assertThat(Arrays.stream(Problem.values()).map(ProblemType::of).map(ProblemType::code))
			.containsExactlyElementsOf(Arrays.stream(Problem.values()).map(Problem::code).toList());
	}

	@Test
	void shouldNotExplainOthers() throws Exception {
		assertProblem(Client.anonymous(this.port).get("/problems/nonsense"), 404, "not-found");
	}

	@Test
	void shouldNotFindUnknownRoutes() throws Exception {
		assertProblem(acme().get("/v1/nonsense"), 404, "not-found");
		assertProblem(acme().get("/"), 404, "not-found");
		assertProblem(acme().get("/error"), 404, "not-found");
		assertProblem(acme().get("/actuator/health"), 404, "not-found");
		assertProblem(Client.anonymous(this.port).get("/v1/nonsense"), 401, "unauthenticated");
	}

	@Test
	void shouldRefuseOtherMethods() throws Exception {
		HttpResponse<String> response = acme().text("PATCH", "/v1/me", BodyPublishers.noBody());
		assertProblem(response, 405, "method-not-allowed");
		assertThat(header(response, "Allow")).isEqualTo("GET");
	}

	@Test
	void shouldSayItAsJsonWhateverIsAccepted() throws Exception {
		assertProblem(acme().get("/v1/nonsense", "Accept", "text/html"), 404, "not-found");
		assertProblem(acme().get("/v1/me", "Accept", "image/png"), 406, "not-acceptable");
	}

	@Test
	void shouldDoNothingForWhoDoesNotAcceptTheAnswer() throws Exception {
		String buffer = "/v1/tenants/acme/buffers/unacceptable";
		assertProblem(make(buffer, "image/png"), 406, "not-acceptable");
		assertProblem(make(buffer, "nonsense"), 406, "not-acceptable");
		assertProblem(make(buffer, "application/json;charset=utf-16"), 406, "not-acceptable");
		assertProblem(acme().get(buffer), 404, "not-found");
		assertThat(make(buffer, "image/png, application/*;q=0.1").statusCode()).isEqualTo(201);
		assertThat(acme().get(buffer, "Accept", "application/merge-patch+json").statusCode()).isEqualTo(200);
		assertThat(acme().get(buffer, "Accept", "application/json;charset=utf-8").statusCode()).isEqualTo(200);
		assertThat(acme().delete(buffer).statusCode()).isEqualTo(204);
	}

	private HttpResponse<String> make(String buffer, String accept) throws Exception {
		return acme().text("PUT", buffer, BodyPublishers.ofString("{\"sizeBytes\":4096}"), "Content-Type",
				"application/json", "Accept", accept);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			NONSENSE                                              | 400 | malformed-request
			GET /[ HTTP/1.1~Host: h                               | 400 | malformed-request
			GET /v1/me HTTP/1.1                                   | 400 | malformed-request
			GET /v1/me HTTP/1.1~Host: h~Content-Length: x         | 400 | malformed-request
			GET /v1//me HTTP/1.1~Host: h                          | 400 | malformed-request
			GET /v1/%zz HTTP/1.1~Host: h                          | 400 | malformed-request
			GET /v1/me HTTP/9.9~Host: h                           | 505 | version-not-supported
			TRACE /v1/me HTTP/1.1~Host: h                         | 405 | method-not-allowed
			PUT /v1/me HTTP/1.1~Host: h~Transfer-Encoding: cheese | 501 | not-implemented
			""")
	void shouldSayWhatTheContainerRefuses(String request, int status, String code) throws Exception {
		String answer = RawSocket.exchange(this.port, request.replace("~", "\n") + "\n\n");
		assertThat(answer).startsWith("HTTP/1.1 " + status)
			.contains("Content-Type: application/problem+json")
			.contains("X-Request-Id: ")
			.contains("\"code\":\"" + code + "\"")
			.doesNotContain("<", "Tomcat", "Exception");
	}

	@Test
	void shouldGiveEachAnswerAnIdOfItsOwn() throws Exception {
		String one = header(acme().get("/v1/me", "X-Request-Id", "mine"), "X-Request-Id");
		String other = header(acme().get("/v1/me"), "X-Request-Id");
		assertThat(one).matches("[0-9a-f]{16}").isNotEqualTo(other);
	}

}
