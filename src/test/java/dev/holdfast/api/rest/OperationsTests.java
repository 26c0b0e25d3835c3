package dev.holdfast.api.rest;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.ops.Client;
import dev.holdfast.ops.ServiceTest;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSpec;
import dev.holdfast.operation.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

@ServiceTest
class OperationsTests extends Service {

	private static final String OPERATIONS = "/v1/operations";

	@Autowired
	Operations operations;

	@Test
	void shouldShowHowFarItIs() throws Exception {
		Operation operation = begin("acme");
		operation.progress(1, 3);
		HttpResponse<String> response = acme().get(path(operation));
		assertThat(response.statusCode()).isEqualTo(200);
		JsonNode shown = Client.json(response);
		assertThat(shown.propertyNames()).containsExactlyInAnyOrder("id", "kind", "subject", "state", "progress",
				"startedAt", "cancellable");
		assertThat(shown.get("id").asString()).isEqualTo(operation.id().toString());
		assertThat(shown.get("kind").asString()).isEqualTo("sample-work");
		assertThat(shown.get("subject").asString()).isEqualTo("tenants/acme/volumes/db");
		assertThat(shown.get("state").asString()).isEqualTo("running");
		assertThat(shown.get("progress")).hasToString("{\"done\":1,\"total\":3,\"unit\":\"bytes\"}");
		assertThat(shown.get("cancellable").asBoolean()).isFalse();
		assertThat(Instant.parse(shown.get("startedAt").asString())).isEqualTo(operation.snapshot().startedAt());
		assertThat(response.body()).doesNotContain("not to be shown");
	}

	@Test
	void shouldShowHowItEnded() throws Exception {
		Operation failed = begin("acme");
		failed.fail(new ProblemException(Problem.NO_SPACE, "There is no room for it"));
		JsonNode shown = Client.json(acme().get(path(failed)));
		assertThat(shown.get("state").asString()).isEqualTo("failed");
		assertThat(shown.get("error")).hasToString("{\"code\":\"no-space\",\"detail\":\"There is no room for it\"}");
		assertThat(Instant.parse(shown.get("finishedAt").asString())).isEqualTo(failed.snapshot().finishedAt());
		Operation succeeded = begin("acme");
		succeeded.succeed();
		shown = Client.json(acme().get(path(succeeded)));
		assertThat(shown.get("state").asString()).isEqualTo("succeeded");
		assertThat(shown.has("error")).isFalse();
		assertThat(shown.has("finishedAt")).isTrue();
	}

	@Test
	void shouldForgetWhatHasFinished() throws Exception {
		Operation operation = begin("acme");
		assertProblem(delete(acme(), operation), 409, "in-use");
		operation.succeed();
		assertThat(delete(acme(), operation).statusCode()).isEqualTo(204);
		assertProblem(acme().get(path(operation)), 404, "not-found");
		assertProblem(delete(acme(), operation), 404, "not-found");
		assertThat(this.operations.find(operation.id())).isEmpty();
	}

	@Test
	void shouldCancel() throws Exception {
		Operation operation = begin("acme");
		assertProblem(cancel(acme(), operation), 422, "not-supported");
		AtomicInteger told = new AtomicInteger();
		operation.onCancel(told::incrementAndGet);
		assertThat(Client.json(acme().get(path(operation))).get("cancellable").asBoolean()).isTrue();
		HttpResponse<String> asked = cancel(acme(), operation);
		assertThat(asked.statusCode()).isEqualTo(200);
		assertThat(Client.json(asked).get("state").asString()).isEqualTo("running");
		assertThat(operation.cancelRequested()).isTrue();
		assertThat(told).hasValue(1);
		operation.cancelled();
		HttpResponse<String> again = cancel(acme(), operation);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(Client.json(again).get("state").asString()).isEqualTo("cancelled");
		assertThat(again.body()).isEqualTo(acme().get(path(operation)).body());
	}

	@Test
	void shouldShowTenantsTheirOwnOnly() throws Exception {
		Client globex = admin().tenant("globex", "tenant");
		for (String owner : new String[] { "acme", null }) {
			Operation operation = begin(owner);
			operation.onCancel(() -> {
			});
			String missing = globex.get(OPERATIONS + "/" + UUID.randomUUID()).body();
			HttpResponse<String> hidden = globex.get(path(operation));
			assertProblem(hidden, 404, "not-found");
			assertThat(withoutId(hidden.body())).isEqualTo(withoutId(missing));
			assertProblem(cancel(globex, operation), 404, "not-found");
			operation.succeed();
			assertProblem(delete(globex, operation), 404, "not-found");
			assertThat(ids(globex.get(OPERATIONS + "?pageSize=1000"))).doesNotContain(operation.id().toString());
			assertThat(operation.cancelRequested()).isFalse();
			assertThat(this.operations.find(operation.id())).isPresent();
		}
	}

	@Test
	void shouldShowAnAdministratorAll() throws Exception {
		for (String owner : new String[] { "acme", null }) {
			Operation operation = begin(owner);
			operation.onCancel(() -> {
			});
			assertThat(admin().get(path(operation)).statusCode()).isEqualTo(200);
			assertThat(ids(admin().get(OPERATIONS + "?pageSize=1"))).containsExactly(operation.id().toString());
			assertThat(cancel(admin(), operation).statusCode()).isEqualTo(200);
			operation.cancelled();
			assertThat(delete(admin(), operation).statusCode()).isEqualTo(204);
		}
	}

	@Test
	void shouldLetAReaderOnlyLook() throws Exception {
		Client reader = admin().tenant("acme", "reader");
		Operation operation = begin("acme");
		operation.onCancel(() -> {
		});
		assertThat(reader.get(path(operation)).statusCode()).isEqualTo(200);
		assertThat(ids(reader.get(OPERATIONS + "?pageSize=1000"))).contains(operation.id().toString());
		assertProblem(cancel(reader, operation), 403, "forbidden");
		operation.succeed();
		assertProblem(delete(reader, operation), 403, "forbidden");
		assertThat(operation.cancelRequested()).isFalse();
		assertThat(this.operations.find(operation.id())).isPresent();
	}

	@Test
	void shouldAskForAToken() throws Exception {
		assertProblem(Client.anonymous(this.port).get(OPERATIONS), 401, "unauthenticated");
		assertProblem(Client.anonymous(this.port).get(path(begin("acme"))), 401, "unauthenticated");
	}

	@Test
	void shouldListTheNewestFirstInPages() throws Exception {
		Client pages = admin().tenant("operation-pages", "tenant");
		List<String> begun = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			begun.addFirst(begin("operation-pages").id().toString());
		}
		begin("acme");
		assertThat(ids(pages.get(OPERATIONS))).isEqualTo(begun);
		HttpResponse<String> first = pages.get(OPERATIONS + "?pageSize=2");
		assertThat(ids(first)).isEqualTo(begun.subList(0, 2));
		UUID last = UUID.fromString(begun.get(1));
		this.operations.unfinished("sample-work")
			.stream()
			.filter((operation) -> operation.id().equals(last))
			.forEach(Operation::succeed);
		this.operations.forget(last);
		begin("operation-pages");
		HttpResponse<String> second = pages.get(OPERATIONS + next(first));
		assertThat(ids(second)).isEqualTo(begun.subList(2, 4));
		HttpResponse<String> third = pages.get(OPERATIONS + next(second));
		assertThat(ids(third)).isEqualTo(begun.subList(4, 5));
		assertThat(Client.json(third).has("nextPageToken")).isFalse();
	}

	@Test
	void shouldListNothingAsNothing() throws Exception {
		Client idle = admin().tenant("operation-idle", "tenant");
		assertThat(idle.get(OPERATIONS).body()).isEqualTo("{\"operations\":[]}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pageSize=0", "pageSize=x", "pageToken=!", "pageToken=", "pageSize=1&pageSize=2" })
	void shouldRefusePagesThatAreNone(String query) throws Exception {
		assertProblem(acme().get(OPERATIONS + "?" + query), 400, "malformed-request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000", "%20",
			"00000000-0000-0000-0000-0000000000000000" })
	void shouldFindNothingUnderWhatIsNoId(String id) throws Exception {
		assertProblem(acme().get(OPERATIONS + "/" + id), 404, "not-found");
		assertProblem(acme().text("POST", OPERATIONS + "/" + id + ":cancel", BodyPublishers.noBody()), 404,
				"not-found");
		assertProblem(acme().text("DELETE", OPERATIONS + "/" + id, BodyPublishers.noBody()), 404, "not-found");
	}

	private Operation begin(String tenant) {
		String subject = (tenant != null) ? "tenants/%s/volumes/db".formatted(tenant) : "devices/d0";
		return this.operations.begin(new OperationSpec("sample-work", tenant, subject, "bytes", 2, "not to be shown"));
	}

	private static String path(Operation operation) {
		return OPERATIONS + "/" + operation.id();
	}

	private static HttpResponse<String> cancel(Client client, Operation operation) throws Exception {
		return client.text("POST", path(operation) + ":cancel", BodyPublishers.noBody());
	}

	private static HttpResponse<String> delete(Client client, Operation operation) throws Exception {
		return client.text("DELETE", path(operation), BodyPublishers.noBody());
	}

	private static String next(HttpResponse<String> page) {
		return "?pageSize=2&pageToken=" + Client.json(page).get("nextPageToken").asString();
	}

	private static List<String> ids(HttpResponse<String> page) {
		List<String> ids = new ArrayList<>();
		Client.json(page).get("operations").forEach((operation) -> ids.add(operation.get("id").asString()));
		return ids;
	}

	private static String withoutId(String body) {
		return body.replaceAll("\"(requestId|instance)\":\"[^\"]*\"", "");
	}

}
