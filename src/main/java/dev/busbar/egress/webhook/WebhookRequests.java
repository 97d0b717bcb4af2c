package dev.busbar.egress.webhook;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.busbar.egress.subscription.SigningSecrets;
import dev.busbar.egress.subscription.Subscription;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.http.HttpEvents;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and signs webhooks.
 */
public final class WebhookRequests {

	private static final CloudEvents CODEC = new CloudEvents(JsonMapper.builder().build());

	private WebhookRequests() {
	}

	/**
	 * Makes the request of an attempt.
	 * @param subscription whom it is for
	 * @param secrets sign it
	 * @param message the webhook's id
	 * @param event the event
	 * @param now the time of the attempt
	 * @return the request
	 */
	public static WebhookRequest of(Subscription subscription, SigningSecrets secrets, String message,
			Event<byte @Nullable []> event, Instant now) {
		Map<String, String> headers = new LinkedHashMap<>(subscription.headers());
		byte[] data = event.data();
		byte[] body;
		if (subscription.format() == Subscription.Format.CLOUDEVENTS_BINARY) {
			body = (data != null) ? data : new byte[0];
			headers.putAll(HttpEvents.headers(event));
			String contentType = event.dataContentType();
			headers.put("Content-Type", (contentType != null) ? contentType : "application/json");
		}
		else {
			body = CODEC.encode(event);
			headers.put("Content-Type", CloudEvents.JSON);
		}
		headers.put("webhook-id", message);
		headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
		headers.put("webhook-signature", secrets.sign(message, now, body));
		return new WebhookRequest(subscription.url(), headers, body);
	}

}
