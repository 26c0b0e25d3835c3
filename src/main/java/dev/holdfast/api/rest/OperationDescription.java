package dev.holdfast.api.rest;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Role;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;

/**
 * Describes one operation by what its controller's method has: its annotations, its
 * parameters and what it answers.
 */
final class OperationDescription implements GlobalOperationCustomizer {

	private static final String JSON = org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

	private static final Set<Class<?>> BINARY = Set.of(DataController.class, BufferDataController.class);

	private static final Set<Integer> ALWAYS = Set.of(400, 406, 429, 500, 503, 504);

	private static final Set<Integer> CHANGES = Set.of(409, 422);

	private static final Set<Integer> BODIES = Set.of(408, 413, 415, 507);

	@Override
	public Operation customize(Operation operation, HandlerMethod handler) {
		RequestMethod method = method(handler);
		operation.setOperationId(operationId(handler));
		operation.setTags(null);
		boolean binary = BINARY.contains(handler.getBeanType());
		describeParameters(operation, handler);
		answers(operation, handler, method);
		if (binary) {
			DataDescription.describe(operation, method, handler.getBeanType() == DataController.class);
		}
		if (handler.getBeanType() == EventsController.class) {
			EventsDescription.describe(operation);
		}
		problems(operation, handler, method, binary);
		operation.getResponses().values().forEach(OperationDescription::withRequestId);
		Needs needs = handler.getMethodAnnotation(Needs.class);
		if (needs != null) {
			operation.addExtension("x-roles", roles(needs.value()));
		}
		return operation;
	}

	private static String operationId(HandlerMethod handler) {
		return handler.getBeanType().getSimpleName().replace("Controller", "") + "." + handler.getMethod().getName();
	}

	private static RequestMethod method(HandlerMethod handler) {
		RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
		return (mapping != null && mapping.method().length > 0) ? mapping.method()[0] : RequestMethod.GET;
	}

	private static Object roles(Right right) {
		return Arrays.stream(Role.values()).filter((role) -> role.may(right)).map(Role::label).toList();
	}

	private static void describeParameters(Operation operation, HandlerMethod handler) {
		if (operation.getParameters() != null) {
			operation.getParameters()
				.stream()
				.filter((parameter) -> "path".equals(parameter.getIn()))
				.forEach(OperationDescription::describePath);
		}
		if (Page.isAnsweredBy(handler.getMethod())) {
			Schema<Object> size = ApiSchemas.integer();
			size.setMinimum(BigDecimal.ONE);
			size.setMaximum(BigDecimal.valueOf(Page.LARGEST_SIZE));
			size.setDefault(Page.DEFAULT_SIZE);
			operation.addParametersItem(query("pageSize", "How many at most.", size));
			operation.addParametersItem(
					query("pageToken", "What the page before gave as nextPageToken.", ApiSchemas.string(null)));
		}
		if (has(handler, ShownLease.class)) {
			operation.addParametersItem(header("Holdfast-Lease",
					"The number of the lease that the caller holds; needed while somebody has one."));
		}
		if (has(handler, WaitingClient.class)) {
			operation.addParametersItem(header("Prefer",
					"`wait=N`: how many seconds, from 1, the caller waits in all for what it takes, without the time in which it sends or takes bytes itself (RFC 7240). Other preferences are ignored."));
		}
		if (hasConditions(handler)) {
			operation.addParametersItem(header("If-Match",
					"`*`, or entity tags: only if it is there, and nobody has changed what a client declares since. With PUT it says that what is there is to be declared anew."));
			operation.addParametersItem(header("If-None-Match", "`*`, or entity tags: only if it is not there."));
		}
	}

	private static boolean hasConditions(HandlerMethod handler) {
		return has(handler, Conditions.class);
	}

	/**
	 * An operation's id is a UUID, a problem has a name of its own, the rest are names.
	 */
	private static void describePath(Parameter parameter) {
		Schema<Object> schema = ApiSchemas.string(null);
		if (parameter.getName().equals("id")) {
			schema.setFormat("uuid");
		}
		else {
			schema.setPattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$");
			schema.setMaxLength(63);
		}
		parameter.setSchema(schema);
	}

	static Parameter query(String name, String description, Schema<Object> schema) {
		return new Parameter().in("query").name(name).description(description).required(false).schema(schema);
	}

	static Parameter header(String name, String description) {
		return new Parameter().in("header")
			.name(name)
			.description(description)
			.required(false)
			.schema(ApiSchemas.string(null));
	}

	private static void answers(Operation operation, HandlerMethod handler, RequestMethod method) {
		ApiResponses responses = new ApiResponses();
		Schema<?> body = body(operation, handler);
		ResponseStatus status = handler.getMethodAnnotation(ResponseStatus.class);
		if (status != null) {
			responses.addApiResponse(Integer.toString(status.code().value()),
					success(status.code().getReasonPhrase(), body));
		}
		else {
			responses.addApiResponse("200",
					success((method == RequestMethod.PUT) ? "It was there already." : "As it is.", body));
			if (method == RequestMethod.PUT) {
				responses.addApiResponse("201", success("It was made.", body));
			}
		}
		if (handler.hasMethodAnnotation(LongWork.class)) {
			ApiResponse accepted = success("It takes long: this operation does it.", schema(OperationResponse.class));
			accepted.addHeaderObject("Location", ApiSchemas.header("Where the operation is.", ApiSchemas.string(null)));
			responses.addApiResponse("202", accepted);
		}
		if (hasConditions(handler) && method != RequestMethod.DELETE) {
			Header tag = ApiSchemas.header("The entity tag, a strong one.", ApiSchemas.string(null));
			responses.forEach((code, response) -> {
				if (!code.equals("202")) {
					response.addHeaderObject("ETag", tag);
				}
			});
			if (method == RequestMethod.GET) {
				responses.addApiResponse("304",
						success("The client has it already.", null).addHeaderObject("ETag", tag));
			}
		}
		operation.setResponses(responses);
	}

	/**
	 * What springdoc has read of the method's type, or what the method says that it is.
	 */
	private static @Nullable Schema<?> body(Operation operation, HandlerMethod handler) {
		LongWork long_ = handler.getMethodAnnotation(LongWork.class);
		if (long_ != null) {
			return (long_.value() != Void.class) ? schema(long_.value()) : null;
		}
		for (ApiResponse response : operation.getResponses().values()) {
			Content content = response.getContent();
			if (content != null && !content.isEmpty()) {
				return content.values().iterator().next().getSchema();
			}
		}
		return null;
	}

	private static Schema<?> schema(Class<?> type) {
		return ModelConverters.getInstance(true)
			.resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(true)).schema;
	}

	private static ApiResponse success(String description, @Nullable Schema<?> body) {
		ApiResponse response = new ApiResponse().description(description);
		if (body != null) {
			response.content(new Content().addMediaType(JSON, new MediaType().schema(body)));
		}
		return response;
	}

	private static void problems(Operation operation, HandlerMethod handler, RequestMethod method, boolean binary) {
		Set<Integer> statuses = new TreeSet<>(ALWAYS);
		boolean changes = method != RequestMethod.GET && method != RequestMethod.HEAD;
		if (handler.hasMethodAnnotation(Needs.class)) {
			statuses.addAll(Set.of(401, 403, 404));
		}
		else if (handler.getBeanType() == ProblemsController.class) {
			statuses.add(404);
		}
		else {
			statuses.add(401);
		}
		if (changes) {
			statuses.addAll(CHANGES);
		}
		if (hasConditions(handler) || binary) {
			statuses.add(412);
		}
		if (hasBody(handler) || (binary && changes)) {
			statuses.addAll(BODIES);
		}
		if (method == RequestMethod.POST && handler.hasMethodAnnotation(LongWork.class)) {
			// It needs room somewhere.
			statuses.add(507);
		}
		if (binary || handler.getBeanType() == ExtentsController.class || has(handler, RangeRequest.class)) {
			statuses.addAll(Set.of(409, 416));
		}
		statuses.forEach((status) -> operation.getResponses()
			.addApiResponse(status.toString(), ProblemResponses.reference(status)));
		operation.getResponses().addApiResponse("default", ProblemResponses.reference(0));
	}

	private static boolean hasBody(HandlerMethod handler) {
		return Arrays.stream(handler.getMethodParameters())
			.anyMatch((parameter) -> parameter.hasParameterAnnotation(RequestBody.class));
	}

	private static boolean has(HandlerMethod handler, Class<?> parameter) {
		return Arrays.asList(handler.getMethod().getParameterTypes()).contains(parameter);
	}

	private static void withRequestId(ApiResponse response) {
		if (response.get$ref() == null) {
			response.addHeaderObject(RequestId.HEADER,
					ApiSchemas.header("What the service's log has of the request.", ApiSchemas.string(null)));
		}
	}

}
