package dev.busbar.event;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * An event: a fact with its envelope, in the terms of CloudEvents 1.0. Immutable. The
 * data is an object of the declared type for handlers, and the encoded bytes
 * ({@code Event<byte[]>}, null where the event has none) on its way.
 *
 * @param <T> the type of the data
 * @param id the CloudEvents {@code id}, not empty; {@code source} and {@code id} together
 * identify the event
 * @param source the CloudEvents {@code source}, a URI reference, not empty
 * @param type the CloudEvents {@code type}, not empty
 * @param subject the CloudEvents {@code subject}
 * @param time when it happened
 * @param key the extension {@code partitionkey}: what keeps events in order
 * @param correlationId the extension {@code correlationid}: shared by all events of one
 * business transaction
 * @param causationId the extension {@code causationid}: the id of the event of which this
 * one is a result
 * @param dataContentType the CloudEvents {@code datacontenttype}; null means JSON
 * @param dataSchema the CloudEvents {@code dataschema}
 * @param extensions all other extension attributes, by their lower-case names, such as
 * {@code traceparent}
 * @param data the data, null if the event has none
 */
// Error Prone takes the CloudEvents names for misspelt parameters.
@SuppressWarnings("InvalidParam")
public record Event<T extends @Nullable Object>(String id, String source, String type, @Nullable String subject,
		@Nullable Instant time, @Nullable String key, @Nullable String correlationId, @Nullable String causationId,
		@Nullable String dataContentType, @Nullable String dataSchema, Map<String, String> extensions, T data) {

	public Event {
		requireText(id, "id");
		requireText(source, "source");
		requireText(type, "type");
		extensions = extensions.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(extensions));
	}

	/**
	 * The same envelope around other data.
	 * @param <U> the type of the other data
	 * @param other the other data
	 * @return a new event
	 */
	public <U extends @Nullable Object> Event<U> withData(U other) {
		return new Event<>(id, source, type, subject, time, key, correlationId, causationId, dataContentType,
				dataSchema, extensions, other);
	}

	/**
	 * The same event under another key.
	 * @param other the key, null for none
	 * @return a new event
	 */
	public Event<T> withKey(@Nullable String other) {
		return new Event<>(id, source, type, subject, time, other, correlationId, causationId, dataContentType,
				dataSchema, extensions, data);
	}

	private static void requireText(@Nullable String value, String name) {
		if (value == null || value.isEmpty()) {
			throw new IllegalArgumentException("an event needs a non-empty '" + name + "'");
		}
	}

}
