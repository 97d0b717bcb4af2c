package dev.busbar.ingress.webhook.source;

import java.util.List;

import dev.busbar.ingress.access.AccessProperties.RateLimit;
import dev.busbar.ingress.webhook.scheme.Hmac;
import dev.busbar.ingress.webhook.scheme.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * A source of webhooks, ready for use. Immutable.
 *
 * @param name its name
 * @param scheme its scheme
 * @param verifier verifies its deliveries
 * @param format what a body is
 * @param type finds the event type; null: the CloudEvent's
 * @param id finds the id; null: the CloudEvent's, or a digest
 * @param key finds the key; null: what the CloudEvent or the class declares
 * @param uri the source of the events; null: the CloudEvent's
 * @param types the types that are taken
 * @param unhandled what becomes of other types
 * @param rateLimit how many verified deliveries are taken; null: as many as of any caller
 * @param handshake the questions that are answered
 * @param crc answers Twitter's; null if it is not asked
 */
public record WebhookSource(String name, Scheme scheme, Verifier verifier, BodyFormat format,
		@Nullable ValueTemplate type, @Nullable ValueTemplate id, @Nullable ValueTemplate key, @Nullable String uri,
		TypePatterns types, UnhandledTypes unhandled, @Nullable RateLimit rateLimit, Handshake handshake,
		@Nullable Hmac crc) {

	/**
	 * The questions that are answered.
	 *
	 * @param origins the senders that may deliver
	 * @param rate how many deliveries a minute they may make; null: any number
	 * @param microsoft whether a validation token is echoed
	 */
	public record Handshake(List<String> origins, @Nullable Integer rate, boolean microsoft) {

	}

	/** Whether it asks for no secret. */
	public boolean isOpen() {
		return this.scheme == Scheme.OPEN;
	}

}
