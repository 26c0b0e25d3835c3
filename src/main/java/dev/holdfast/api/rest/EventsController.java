package dev.holdfast.api.rest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.event.Event;
import dev.holdfast.event.EventLog;
import dev.holdfast.event.EventPlace;
import dev.holdfast.event.EventStream;
import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Right;
import dev.holdfast.tenant.Tokens;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What happens, as server-sent events. Each stream holds its request's thread, which is a
 * virtual one, and at most a hundred events; a client that does not take them is cut off.
 */
@RestController
class EventsController {

	/** Shorter than what proxies take for a connection that is dead. */
	private static final Duration HEARTBEAT = Duration.ofSeconds(15);

	private final EventLog log;

	private final EventResources resources;

	private final Tokens tokens;

	private final Admission admission;

	private final DataLimits limits;

	private final JsonMapper json;

	EventsController(EventLog log, EventResources resources, Tokens tokens, Admission admission, DataLimits limits,
			JsonMapper json) {
		this.log = log;
		this.resources = resources;
		this.tokens = tokens;
		this.admission = admission;
		this.limits = limits;
		this.json = json;
	}

	@Operation(summary = "Follows what happens")
	@Needs(value = Right.LIST, inTenant = false)
	@Parameter(name = "since", in = ParameterIn.QUERY, schema = @Schema(type = "string"),
			description = "The id of an event, after which to begin; without it, now.")
	@GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	void follow(TokenAuthentication caller, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		EventPlace place = place(request);
		if (request.getMethod().equals("HEAD")) {
			head(response);
			return;
		}
		// A request that is set aside is counted again before its stream is closed.
		try (EventStream stream = this.log.follow(caller.getPrincipal().tenant(), place);
				Admission.Aside aside = this.admission.aside()) {
			head(response);
			send(stream, caller.getPrincipal(), response.getOutputStream());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void head(HttpServletResponse response) {
		response.setContentType("text/event-stream;charset=UTF-8");
		// Proxies must pass on what comes when it comes.
		response.setHeader("X-Accel-Buffering", "no");
	}

	private void send(EventStream stream, Identity caller, ServletOutputStream out)
			throws IOException, InterruptedException {
		Pace pace = new Pace(this.limits.pace());
		write(out, pace, stream.gap() ? gap(stream) : begin(stream));
		List<Event> events;
		while ((events = stream.next(HEARTBEAT)) != null && this.tokens.isLive(caller)) {
			write(out, pace, events.isEmpty() ? ":\n\n" : messages(stream, events));
		}
	}

	/**
	 * Where to begin. What a client sends again by itself may be of any age or origin;
	 * what somebody wrote should be right.
	 */
	private static @Nullable EventPlace place(HttpServletRequest request) {
		String last = request.getHeader("Last-Event-ID");
		if (last != null) {
			EventPlace place = EventPlace.parse(last);
			return (place != null) ? place : new EventPlace("", 0);
		}
		String since = Query.single(request, "since");
		if (since == null) {
			return null;
		}
		EventPlace place = EventPlace.parse(since);
		if (place == null) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "since is the id of an event");
		}
		return place;
	}

	/** Tells where the stream begins, so that even a client without events can resume. */
	private static String begin(EventStream stream) {
		return "retry: 2000\nid: %s\n\n".formatted(stream.place());
	}

	private String gap(EventStream stream) {
		return "retry: 2000\n" + message(stream.place(), "gap", new Gap("Events are missing: list again"));
	}

	private String messages(EventStream stream, List<Event> events) {
		StringBuilder text = new StringBuilder();
		for (Event event : events) {
			text.append(message(stream.placeOf(event), event.kind().label(), EventData.of(event, this.resources)));
		}
		return text.toString();
	}

	/** JSON has no line breaks, so that one line of data does. */
	private String message(EventPlace id, String event, Record data) {
		return "id: %s\nevent: %s\ndata: %s\n\n".formatted(id, event, this.json.writeValueAsString(data));
	}

	private static void write(ServletOutputStream out, Pace pace, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		long start = System.nanoTime();
		out.write(bytes);
		out.flush();
		pace.moved(bytes.length, System.nanoTime() - start);
	}

	/**
	 * The data of a gap.
	 *
	 * @param detail what to do
	 */
	record Gap(String detail) {

	}

}
