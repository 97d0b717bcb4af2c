package dev.busbar.ingress.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import dev.busbar.ingress.webhook.source.BodyFormat;
import dev.busbar.ingress.webhook.source.ValueTemplate;
import dev.busbar.ingress.webhook.source.WebhookSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of verified webhooks.
 */
final class WebhookEvents {

	private static final int MAX_TYPE = 200;

	private final CloudEvents cloudEvents;

	private final Clock clock;

	WebhookEvents(CloudEvents cloudEvents, Clock clock) {
		this.cloudEvents = cloudEvents;
		this.clock = clock;
	}

	/**
	 * Makes an event.
	 * @param source where the webhook comes from
	 * @param webhook the webhook
	 * @return the event, whose type need not be known
	 * @throws EventFormatException if it has no type or id, or is no event otherwise
	 */
	Event<byte @Nullable []> read(WebhookSource source, WebhookRequest webhook) {
		return (source.format() == BodyFormat.CLOUDEVENTS) ? inBody(source, webhook) : ofBody(source, webhook);
	}

	private Event<byte @Nullable []> ofBody(WebhookSource source, WebhookRequest webhook) {
		webhook.json();
		String type = type(Objects.requireNonNull(source.type()), source, webhook);
		Map<String, String> attributes = new HashMap<>();
		attributes.put("specversion", "1.0");
		attributes.put("id", (source.id() != null) ? found("id", source.id(), source, webhook) : digest(type, webhook));
		attributes.put("source", Objects.requireNonNull(source.uri()));
		attributes.put("type", type);
		attributes.put("time", this.clock.instant().toString());
		String key = (source.key() != null) ? source.key().find(webhook) : null;
		if (key != null) {
			attributes.put("partitionkey", key);
		}
		return CloudEvents.fromAttributes(attributes, "application/json", webhook.body());
	}

	private Event<byte @Nullable []> inBody(WebhookSource source, WebhookRequest webhook) {
		Event<byte @Nullable []> e = this.cloudEvents.decode(webhook.body());
		String key = (source.key() != null) ? source.key().find(webhook) : null;
		Event<byte @Nullable []> event = new Event<>(
				(source.id() != null) ? found("id", source.id(), source, webhook) : e.id(),
				(source.uri() != null) ? source.uri() : e.source(),
				(source.type() != null) ? type(source.type(), source, webhook) : checked(e.type()), e.subject(),
				e.time(), (key != null) ? key : e.key(), e.correlationId(), e.causationId(), e.dataContentType(),
				e.dataSchema(), e.extensions(), e.data());
		CloudEvents.attributes(event);
		return event;
	}

	/** A type, in which what no event type can hold has become a dot. */
	private static String type(ValueTemplate template, WebhookSource source, WebhookRequest webhook) {
		return checked(found("type", template, source, webhook).replaceAll("[^A-Za-z0-9._-]", "."));
	}

	private static String checked(String type) {
		if (type.length() > MAX_TYPE) {
			throw new EventFormatException(
					"The event type has " + type.length() + " characters, and no type has more than " + MAX_TYPE + ".");
		}
		return type;
	}

	private static String found(String what, ValueTemplate template, WebhookSource source, WebhookRequest webhook) {
		String found = template.find(webhook);
		if (found == null) {
			throw new EventFormatException("The webhook has no " + what + " where it is looked for: see busbar.sources."
					+ source.name() + "." + what + ".");
		}
		return found;
	}

	// The type too: providers send one and the same body under several types.
	private static String digest(String type, WebhookRequest webhook) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(type.getBytes(StandardCharsets.UTF_8));
			digest.update((byte) 0);
			return HexFormat.of().formatHex(digest.digest(webhook.body()));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
