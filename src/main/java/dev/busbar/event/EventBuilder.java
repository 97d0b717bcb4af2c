package dev.busbar.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.format.Rfc3339;
import org.jspecify.annotations.Nullable;

/**
 * Collects the attributes of one event as they are read, and refuses what may not be
 * among them.
 */
final class EventBuilder {

	/** The core attributes and our own, which do not count as extensions. */
	private static final int OWN = 11;

	/** A list, since a dozen short names are found faster in it than in a set. */
	private final List<String> names = new ArrayList<>(16);

	private @Nullable String specVersion;

	private @Nullable String id;

	private @Nullable String source;

	private @Nullable String type;

	private @Nullable String subject;

	private @Nullable Instant time;

	private @Nullable String key;

	private @Nullable String correlationId;

	private @Nullable String causationId;

	private @Nullable String dataContentType;

	private @Nullable String dataSchema;

	private Map<String, String> extensions = Map.of();

	private int extensionsLength;

	/**
	 * Adds an attribute.
	 * @param name its name
	 * @param value its value, null if it is unset
	 */
	EventBuilder put(String name, @Nullable String value) {
		if (this.names.contains(name)) {
			throw new EventFormatException(
					"the attribute " + Attributes.quoted(name) + " is there twice; send it once");
		}
		Attributes.checkName(name);
		if (this.names.size() >= Attributes.MAX_EXTENSIONS + OWN) {
			throw Attributes.tooMany();
		}
		this.names.add(name);
		if (value != null) {
			Attributes.check(name, value);
			set(name, value);
		}
		return this;
	}

	private void set(String name, String value) {
		switch (name) {
			case "specversion" -> this.specVersion = value;
			case "id" -> this.id = value;
			case "source" -> this.source = value;
			case "type" -> this.type = value;
			case "subject" -> this.subject = value;
			case "time" -> this.time = timestamp(value);
			case "datacontenttype" -> this.dataContentType = value;
			case "dataschema" -> this.dataSchema = value;
			case "partitionkey" -> this.key = value;
			case "correlationid" -> this.correlationId = value;
			case "causationid" -> this.causationId = value;
			default -> extend(name, value);
		}
	}

	private void extend(String name, String value) {
		if (this.extensions.isEmpty()) {
			this.extensions = new HashMap<>();
		}
		if (this.extensions.size() >= Attributes.MAX_EXTENSIONS) {
			throw Attributes.tooMany();
		}
		this.extensionsLength += value.length();
		if (this.extensionsLength > Attributes.MAX_EXTENSIONS_LENGTH) {
			throw Attributes.tooLong();
		}
		this.extensions.put(name, value);
	}

	private static Instant timestamp(String value) {
		Instant time = Rfc3339.parse(value);
		if (time == null) {
			throw new EventFormatException("the attribute 'time' is no timestamp as RFC 3339 has it;"
					+ " write it like 2026-01-31T12:00:00Z, with seconds and offset");
		}
		return time;
	}

	@Nullable String dataContentType() {
		return this.dataContentType;
	}

	@SuppressWarnings("NullAway") // which does not see that T may be nullable
	Event<byte @Nullable []> build(byte @Nullable [] data) {
		required("specversion", this.specVersion);
		return new Event<>(required("id", this.id), required("source", this.source), required("type", this.type),
				this.subject, this.time, this.key, this.correlationId, this.causationId, this.dataContentType,
				this.dataSchema, this.extensions, data);
	}

	private static String required(String name, @Nullable String value) {
		if (value == null) {
			throw new EventFormatException(
					"the attribute '" + name + "' is missing; an event needs specversion, id, source and type");
		}
		return value;
	}

}
