package dev.busbar.ingress.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventTypes;
import dev.busbar.ingress.EventIntake;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import dev.busbar.ingress.webhook.source.BodyFormat;
import dev.busbar.ingress.webhook.source.UnhandledTypes;
import dev.busbar.ingress.webhook.source.WebhookSource;
import dev.busbar.ingress.webhook.source.WebhookSources;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes in webhooks: {@code POST /webhooks/{source}}. Whatever is wrong with a signature,
 * and where there is no such source, the answer is one and the same, and nothing is
 * written.
 */
@RestController
class WebhooksEndpoint {

	static final String PATH = "/webhooks";

	private static final Logger logger = LoggerFactory.getLogger(WebhooksEndpoint.class);

	private static final Problem UNVERIFIED = Problem
		.of(ProblemType.UNVERIFIED_WEBHOOK,
				"There is no such source of webhooks, or the request does not carry its valid and recent signature or "
						+ "credential. Nothing was stored. Check the address, the secret and the clock of the sender; "
						+ "the log says more where dev.busbar.ingress.webhook is on DEBUG.")
		.withHeader("WWW-Authenticate", "Webhook");

	private final WebhookSources sources;

	private final RequestBody body;

	private final JsonMapper json;

	private final WebhookEvents events;

	private final EventTypes types;

	private final EventAccess access;

	private final EventIntake intake;

	private final UnknownWebhooks unknown;

	private final WebhookLimits limits;

	WebhooksEndpoint(WebhookSources sources, RequestBody body, JsonMapper json, WebhookEvents events, EventTypes types,
			EventAccess access, EventIntake intake, UnknownWebhooks unknown, WebhookLimits limits) {
		this.sources = sources;
		this.body = body;
		this.json = json;
		this.events = events;
		this.types = types;
		this.access = access;
		this.intake = intake;
		this.unknown = unknown;
		this.limits = limits;
	}

	@RequestMapping(path = PATH + "/{name}", method = { RequestMethod.POST, RequestMethod.GET, RequestMethod.OPTIONS })
	void webhook(@PathVariable String name, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		WebhookFilter.arrived(request);
		WebhookSource source = this.sources.find(name).orElse(null);
		try {
			// Others of the address may have come while this one waited for its body.
			this.limits.requireTrust(request.getRemoteAddr());
			switch (request.getMethod()) {
				case "POST" -> deliver(source, request, response);
				case "OPTIONS" -> {
					this.limits.unverified(request.getRemoteAddr());
					Handshakes.options(source, request, response);
				}
				default -> {
					this.limits.unverified(request.getRemoteAddr());
					Handshakes.crc(source, request, response);
				}
			}
		}
		catch (ProblemException ex) {
			ex.problem().write(response);
		}
		catch (EventFormatException ex) {
			Problem.of(ProblemType.MALFORMED, String.valueOf(ex.getMessage())).write(response);
		}
	}

	private void deliver(@Nullable WebhookSource source, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		WebhookRequest webhook = null;
		try {
			if (Handshakes.echoed(source, request, response)) {
				return;
			}
			webhook = verified(source, request);
		}
		finally {
			if (webhook == null) {
				this.limits.unverified(request.getRemoteAddr());
			}
		}
		if (source == null || webhook == null) {
			UNVERIFIED.write(response);
		}
		else if (!Handshakes.challenged(source, webhook, response)) {
			this.limits.admit(source);
			requireFormat(source, request);
			Event<byte @Nullable []> event = this.events.read(source, webhook);
			// An open source is called with a key, where there are keys, and that may be
			// limited.
			this.access.require(Caller.of(request), List.of(event));
			answer(response, take(source, event));
		}
	}

	private @Nullable WebhookRequest verified(@Nullable WebhookSource source, HttpServletRequest request) {
		WebhookRequest webhook = new WebhookRequest((name) -> Collections.list(request.getHeaders(name)),
				this.body.read(request), request.getRemoteAddr(), this.json);
		String refusal = (source != null) ? source.verifier().refusal(webhook) : "there is no such source";
		if (refusal == null) {
			return webhook;
		}
		logger.debug("webhook refused source={}: {}", (source != null) ? source.name() : "unknown", refusal);
		return null;
	}

	// What is not in the body is not signed, and so no attribute may come in a header.
	private static void requireFormat(WebhookSource source, HttpServletRequest request) {
		String type = request.getContentType();
		if (source.format() == BodyFormat.CLOUDEVENTS
				&& (type == null || !type.regionMatches(true, 0, CloudEvents.JSON, 0, CloudEvents.JSON.length()))) {
			throw Problem
				.of(ProblemType.UNKNOWN_FORMAT, "The body has the content type " + Problem.quote(type)
						+ ", and this source sends CloudEvents in the structured mode: " + CloudEvents.JSON + ".")
				.with("allowed", List.of(CloudEvents.JSON))
				.withHeader("Accept-Post", CloudEvents.JSON)
				.asException();
		}
	}

	private String take(WebhookSource source, Event<byte @Nullable []> event) {
		boolean taken = source.types().include(event.type());
		if (taken && this.types.byName(event.type()).isPresent()) {
			this.intake.store(List.of(event));
			return "success";
		}
		if (source.unhandled() == UnhandledTypes.ACCEPT_AND_DROP
				|| (!taken && source.unhandled() == UnhandledTypes.DEAD_LETTER)) {
			logger.debug("webhook dropped source={} id={}", source.name(), event.id());
			return "dropped";
		}
		if (!taken) {
			throw Problem
				.of(ProblemType.UNKNOWN_EVENT_TYPE,
						"The event type " + Problem.quote(event.type()) + " is not taken from this source: see "
								+ "busbar.sources." + source.name() + ".types.")
				.asException();
		}
		if (source.unhandled() == UnhandledTypes.REJECT) {
			// Refuses it, with the types that are known.
			this.intake.store(List.of(event));
		}
		this.unknown.keep(event);
		return "dead-letter";
	}

	private static void answer(HttpServletResponse response, String status) throws IOException {
		byte[] body = ("{\"status\":\"" + status + "\"}").getBytes(StandardCharsets.US_ASCII);
		response.setContentType("application/json");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
