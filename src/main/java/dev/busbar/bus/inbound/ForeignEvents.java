package dev.busbar.bus.inbound;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes events of messages that carry no CloudEvents attributes, as any plain client of
 * the broker sends them: the type is the only type of the stream.
 */
public final class ForeignEvents {

	private final EventStream stream;

	private final String idRule;

	private final JsonMapper json;

	/**
	 * Creates the rule of one stream.
	 * @param stream the stream
	 * @param idRule where ids come from: {@code random}, {@code digest} or a JSON pointer
	 * @param json reads payloads
	 */
	public ForeignEvents(EventStream stream, String idRule, JsonMapper json) {
		this.stream = stream;
		this.idRule = idRule;
		this.json = json;
	}

	Event<byte @Nullable []> adopt(Delivery delivery) {
		byte[] payload = delivery.payload();
		if (payload == null) {
			throw new EventFormatException("The message has neither CloudEvents attributes nor a payload.");
		}
		if (this.stream.types().size() != 1) {
			throw new EventFormatException(
					"The message has no CloudEvents attributes, and the stream '%s' carries several types: %s. Send the attribute 'type'."
						.formatted(this.stream.name(), this.stream.types()));
		}
		String type = this.stream.types().iterator().next();
		return CloudEvents.fromAttributes(
				Map.of("specversion", "1.0", "id", id(payload), "source", "/" + this.stream.name(), "type", type),
				"application/json", payload);
	}

	private String id(byte[] payload) {
		return switch (this.idRule) {
			case "random" -> UUID.randomUUID().toString();
			case "digest" -> digest(payload);
			default -> pointed(payload);
		};
	}

	private String pointed(byte[] payload) {
		try {
			JsonNode node = this.json.readTree(payload).at(JsonPointer.compile(this.idRule));
			if (node.isValueNode() && !node.isNull() && !node.asString().isEmpty()) {
				return node.asString();
			}
		}
		catch (JacksonException ex) {
			throw new EventFormatException("The message's payload is no JSON.");
		}
		throw new EventFormatException("The message has no id at %s, where busbar.streams[%s].foreign-id expects it."
			.formatted(this.idRule, this.stream.name()));
	}

	private static String digest(byte[] payload) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
