package dev.busbar.ingress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.ingress.reply.Replies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;

/**
 * Takes in events by HTTP: {@code POST /events} as CloudEvents, {@code POST /webhook} as
 * plain JSON. It writes its answers itself, since what is stored must not end in "406 Not
 * Acceptable".
 */
@RestController
class EventsEndpoint {

	private static final byte[] SUCCESS = "{\"status\":\"success\"}".getBytes(StandardCharsets.UTF_8);

	private final RequestBody body;

	private final CloudEvents cloudEvents;

	private final WebhookFormat webhook;

	private final EventAccess access;

	private final EventIntake intake;

	private final @Nullable Replies replies;

	private final JsonMapper json;

	private final int maxBatch;

	EventsEndpoint(RequestBody body, CloudEvents cloudEvents, WebhookFormat webhook, EventAccess access,
			EventIntake intake, @Nullable Replies replies, JsonMapper json, int maxBatch) {
		this.body = body;
		this.cloudEvents = cloudEvents;
		this.webhook = webhook;
		this.access = access;
		this.intake = intake;
		this.replies = replies;
		this.json = json;
		this.maxBatch = maxBatch;
	}

	@PostMapping(RequestFormat.EVENTS)
	void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (this.replies != null && this.replies.resume(request, response)) {
			return;
		}
		RequestFormat format = (RequestFormat) request.getAttribute(IngressFilter.FORMAT);
		if (format == RequestFormat.BATCH) {
			List<Event<byte @Nullable []>> batch = this.cloudEvents.decodeBatch(this.body.read(request));
			requireSize(batch);
			store(request, batch);
			answer(response, 202, this.json.writeValueAsBytes(batch.stream().map(Stored::of).toList()));
			return;
		}
		Event<byte @Nullable []> event = (format == RequestFormat.STRUCTURED)
				? this.cloudEvents.decode(this.body.read(request))
				: BinaryFormat.read(request, this.body.read(request));
		store(request, response, event, 202, this.json.writeValueAsBytes(Stored.of(event)));
	}

	@PostMapping(RequestFormat.WEBHOOK)
	void webhook(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (this.replies != null && this.replies.resume(request, response)) {
			return;
		}
		Event<byte @Nullable []> event = this.webhook.read(this.body.read(request));
		store(request, response, event, 200, SUCCESS);
	}

	/** Stores an event, and answers that, or later what came of it. */
	private void store(HttpServletRequest request, HttpServletResponse response, Event<byte @Nullable []> event,
			int status, byte[] stored) throws IOException {
		Replies.Wish wish = (this.replies != null) ? this.replies.wish(request, event, EventDelay.isPresent(event))
				: null;
		try {
			store(request, List.of(event));
		}
		catch (RuntimeException ex) {
			if (wish != null) {
				wish.withdraw();
			}
			throw ex;
		}
		response.setHeader("Location", location(base(request), event.id()));
		if (wish != null) {
			wish.answer(request, response, stored);
		}
		else {
			answer(response, status, stored);
		}
	}

	private void store(HttpServletRequest request, List<Event<byte @Nullable []>> events) {
		this.access.require(Caller.of(request), events);
		this.intake.store(events);
	}

	private void requireSize(List<?> batch) {
		if (batch.size() > this.maxBatch) {
			throw Problem
				.of(ProblemType.TOO_LARGE,
						"The batch has " + batch.size() + " events, and at most " + this.maxBatch
								+ " are allowed (busbar.ingress.max-batch). None is stored. Send several batches.")
				.with("maxEvents", this.maxBatch)
				.asException();
		}
	}

	// Where Spring MVC has a path of its own, the rest of the path is the path info.
	private static String base(HttpServletRequest request) {
		return request.getContextPath() + ((request.getPathInfo() != null) ? request.getServletPath() : "");
	}

	// A servlet container takes no encoded slash in a path, and resolves dots; Spring
	// Security's firewall takes nothing that some server may read in two ways.
	private static String location(String base, String id) {
		boolean plain = !id.equals(".") && !id.equals("..")
				&& id.chars().noneMatch((c) -> "/\\%;\u2028\u2029".indexOf(c) >= 0 || Character.isISOControl(c));
		return base + RequestFormat.EVENTS + (plain ? "/" + UriUtils.encode(id, StandardCharsets.UTF_8)
				: "?id=" + UriUtils.encode(id, StandardCharsets.UTF_8));
	}

	private static void answer(HttpServletResponse response, int status, byte[] body) throws IOException {
		response.setStatus(status);
		response.setContentType("application/json");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	/** What the answer tells about an event that was stored. */
	private record Stored(String id, String source, String type) {

		static Stored of(Event<?> event) {
			return new Stored(event.id(), event.source(), event.type());
		}

	}

}
