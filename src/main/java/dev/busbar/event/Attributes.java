package dev.busbar.event;

import java.util.Map;
import java.util.function.BiConsumer;

import dev.busbar.event.format.MediaTypes;
import dev.busbar.event.format.Rfc3339;
import dev.busbar.event.format.Uris;
import org.jspecify.annotations.Nullable;

/**
 * What CloudEvents allows as names and values of context attributes. The bounds are our
 * own: headers and envelopes come from strangers.
 */
final class Attributes {

	static final int MAX_NAME_LENGTH = 64;

	static final int MAX_VALUE_LENGTH = 8192;

	static final int MAX_EXTENSIONS = 64;

	/** Of the values of all extensions together. */
	static final int MAX_EXTENSIONS_LENGTH = 64 * 1024;

	private Attributes() {
	}

	/**
	 * Hands over all attributes of an event, {@code specversion} and
	 * {@code datacontenttype} not among them, and checks them as decoding would: what is
	 * written can be read. Optional attributes that are empty count as absent.
	 */
	static void forEach(Event<?> event, BiConsumer<String, String> to) {
		emit("id", event.id(), to);
		emit("source", event.source(), to);
		emit("type", event.type(), to);
		emit("subject", event.subject(), to);
		if (event.time() != null) {
			to.accept("time", timestamp(event));
		}
		emit("dataschema", event.dataSchema(), to);
		emit("partitionkey", event.key(), to);
		emit("correlationid", event.correlationId(), to);
		emit("causationid", event.causationId(), to);
		if (event.extensions().isEmpty()) {
			return;
		}
		if (event.extensions().size() > MAX_EXTENSIONS) {
			throw tooMany();
		}
		if (event.extensions().values().stream().mapToLong(String::length).sum() > MAX_EXTENSIONS_LENGTH) {
			throw tooLong();
		}
		for (Map.Entry<String, String> extension : event.extensions().entrySet()) {
			String name = extension.getKey();
			checkName(name);
			if (isOwn(name)) {
				throw new EventFormatException("the extension " + quoted(name)
						+ " has the name of an attribute that an event has anyway; set that one");
			}
			checkValue(name, extension.getValue());
			to.accept(name, extension.getValue());
		}
	}

	private static void emit(String name, @Nullable String value, BiConsumer<String, String> to) {
		if (value != null && !value.isEmpty()) {
			check(name, value);
			to.accept(name, value);
		}
	}

	private static String timestamp(Event<?> event) {
		try {
			return (event.time() == null) ? "" : Rfc3339.format(event.time());
		}
		catch (IllegalArgumentException ex) {
			throw new EventFormatException("the attribute 'time' is out of range: " + ex.getMessage(), ex);
		}
	}

	/** Whether a name belongs to a component of {@link Event} or to the format itself. */
	static boolean isOwn(String name) {
		return switch (name) {
			case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
					"partitionkey", "correlationid", "causationid" ->
				true;
			default -> false;
		};
	}

	static void checkName(String name) {
		boolean valid = !name.isEmpty() && name.length() <= MAX_NAME_LENGTH && !name.equals("data");
		for (int i = 0; valid && i < name.length(); i++) {
			char c = name.charAt(i);
			valid = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		}
		if (!valid) {
			throw new EventFormatException(
					quoted(name) + " cannot be the name of an attribute; use lower-case letters and digits, at most "
							+ MAX_NAME_LENGTH + ", and not 'data'");
		}
	}

	/** Checks a value against the general rules and those of its attribute. */
	static void check(String name, String value) {
		checkValue(name, value);
		if (value.isEmpty() && isOwn(name)) {
			throw new EventFormatException("the attribute '" + name + "' is empty; give it a value or leave it out");
		}
		switch (name) {
			case "specversion" -> {
				if (!value.equals("1.0")) {
					throw new EventFormatException("the attribute 'specversion' must be 1.0; send CloudEvents 1.0");
				}
			}
			case "source" -> {
				if (!Uris.isReference(value)) {
					throw new EventFormatException("the attribute 'source' is no URI reference as RFC 3986 has it;"
							+ " percent-encode spaces and characters outside ASCII");
				}
			}
			case "dataschema" -> {
				if (!Uris.isUri(value)) {
					throw new EventFormatException(
							"the attribute 'dataschema' is no URI as RFC 3986 has it; give an absolute one");
				}
			}
			case "datacontenttype" -> {
				if (!MediaTypes.isMediaType(value)) {
					throw new EventFormatException(
							"the content type of the data is no media type; give one like application/json");
				}
			}
			default -> {
			}
		}
	}

	private static void checkValue(String name, String value) {
		int length = value.length();
		if (length > MAX_VALUE_LENGTH) {
			throw new EventFormatException("the attribute '" + name + "' has " + length + " characters; the most are "
					+ MAX_VALUE_LENGTH + "; put long values into the data");
		}
		for (int i = 0; i < length; i++) {
			char c = value.charAt(i);
			if (c >= 0x20 && c < 0x7F) {
				continue;
			}
			int point = Character.codePointAt(value, i);
			if (!isAllowed(point)) {
				throw new EventFormatException("the attribute '" + name + "' has the character U+"
						+ String.format("%04X", point) + " at index " + i
						+ "; control characters, noncharacters and unpaired surrogates are not allowed");
			}
			i += Character.charCount(point) - 1;
		}
	}

	private static boolean isAllowed(int point) {
		boolean control = point < 0x20 || (point >= 0x7F && point <= 0x9F);
		boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
		boolean noncharacter = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
		return !control && !surrogate && !noncharacter;
	}

	static EventFormatException tooMany() {
		return new EventFormatException(
				"an event may have at most " + MAX_EXTENSIONS + " extension attributes; put the rest into the data");
	}

	static EventFormatException tooLong() {
		return new EventFormatException("the extension attributes of an event may have " + MAX_EXTENSIONS_LENGTH
				+ " characters together; put long values into the data");
	}

	/** A stranger's text in quotes, short and printable, fit for a log. */
	static String quoted(String text) {
		StringBuilder quoted = new StringBuilder("'");
		for (int i = 0; i < text.length() && i < MAX_NAME_LENGTH; i++) {
			char c = text.charAt(i);
			quoted.append((c >= 0x20 && c < 0x7F) ? c : '?');
		}
		return quoted.append((text.length() > MAX_NAME_LENGTH) ? "...'" : "'").toString();
	}

}
