package dev.busbar.egress.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Who gets which events as webhooks. Its text shows no header's value and no query.
 *
 * @param name its name, unique within the application
 * @param url where webhooks are sent
 * @param types patterns of event types: a type, {@code order.*}, or {@code *}
 * @param filter a condition on the event in the Common Expression Language, null for none
 * @param format how an event is written
 * @param headers further headers of each request
 * @param rate how many attempts per second at most, over all instances, null for no limit
 * @param maxInFlight how many attempts at the same time at most, per instance
 * @param enabled whether its owner wants deliveries
 * @param declared whether it stands in the configuration and not in the database
 * @param created when it was created, null for a declared one
 * @param changed when it was changed last, null for a declared one
 */
public record Subscription(String name, URI url, List<String> types, @Nullable String filter, Format format,
		Map<String, String> headers, @Nullable Integer rate, int maxInFlight, boolean enabled, boolean declared,
		@Nullable Instant created, @Nullable Instant changed) {

	public Subscription {
		types = List.copyOf(types);
		headers = Map.copyOf(headers);
	}

	@Override
	public String toString() {
		return "Subscription[" + this.name + " to " + this.url.getScheme() + "://" + this.url.getRawAuthority() + "]";
	}

	/**
	 * How an event is written into a request. Both are signed as Standard Webhooks has
	 * it: id, time and body.
	 */
	public enum Format {

		/** The body is the event in the CloudEvents JSON format. */
		CLOUDEVENTS_JSON,

		/**
		 * The body is the event's data, and its attributes are {@code ce-} headers, which
		 * the signature does not cover.
		 */
		CLOUDEVENTS_BINARY;

		/** Its name in JSON and in configuration. */
		public String text() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		/**
		 * Reads a name.
		 * @throws IllegalArgumentException if there is no such format
		 */
		static Format of(String text) {
			for (Format format : values()) {
				if (format.text().equals(text)) {
					return format;
				}
			}
			throw new IllegalArgumentException("'format' must be " + CLOUDEVENTS_JSON.text() + " (the default) or "
					+ CLOUDEVENTS_BINARY.text() + ".");
		}

	}

}
