package dev.busbar.ingress.webhook.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Finds a text in a request: {@code {header:Name}}, {@code {/json/pointer}}, or several
 * of them with text between. Immutable.
 */
public final class ValueTemplate {

	private static final String HEADER = "header:";

	private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

	private final List<Part> parts;

	private ValueTemplate(List<Part> parts) {
		this.parts = parts;
	}

	/**
	 * Reads a template. A text that starts with a slash and has no braces is a JSON
	 * pointer.
	 * @param text the template
	 * @return the template
	 * @throws IllegalArgumentException if it is none; the message says why
	 */
	public static ValueTemplate of(String text) {
		if (text.startsWith("/") && text.indexOf('{') < 0) {
			return new ValueTemplate(List.of(placeholder(text)));
		}
		List<Part> parts = new ArrayList<>();
		for (int i = 0; i < text.length();) {
			int open = text.indexOf('{', i);
			String literal = text.substring(i, (open < 0) ? text.length() : open);
			if (literal.indexOf('}') >= 0) {
				throw new IllegalArgumentException("a '}' without its '{'");
			}
			if (!literal.isEmpty()) {
				parts.add(new Part(literal, null, null));
			}
			if (open < 0) {
				break;
			}
			int close = text.indexOf('}', open);
			if (close < 0) {
				throw new IllegalArgumentException("a '{' without its '}'");
			}
			parts.add(placeholder(text.substring(open + 1, close)));
			i = close + 1;
		}
		if (parts.isEmpty()) {
			throw new IllegalArgumentException("nothing");
		}
		return new ValueTemplate(parts);
	}

	private static Part placeholder(String inner) {
		if (inner.startsWith("/")) {
			return new Part(null, null, JsonPointer.compile(inner));
		}
		String header = inner.startsWith(HEADER) ? inner.substring(HEADER.length()) : "";
		if (!HEADER_NAME.matcher(header).matches()) {
			throw new IllegalArgumentException("{" + inner + "}, which is neither {header:Name} nor {/json/pointer}");
		}
		return new Part(null, header, null);
	}

	/** Whether it is a text that no request changes. */
	boolean isFixed() {
		return this.parts.stream().allMatch((part) -> part.literal() != null);
	}

	/** Whether it is one place in the request, without text around it. */
	boolean isSingle() {
		return this.parts.size() == 1 && !isFixed();
	}

	/** Whether it reads one of these headers. */
	boolean reads(List<String> headers) {
		return this.parts.stream()
			.anyMatch((part) -> headers.stream().anyMatch((header) -> header.equalsIgnoreCase(part.header())));
	}

	/**
	 * Finds the text.
	 * @param request the request
	 * @return the text, not empty; null if what the first placeholder stands for is not
	 * there
	 * @throws dev.busbar.event.EventFormatException if a header is there twice, or the
	 * body is no JSON object and would have to be
	 */
	public @Nullable String find(WebhookRequest request) {
		StringBuilder found = new StringBuilder();
		boolean first = true;
		for (Part part : this.parts) {
			String text = (part.literal() != null) ? part.literal() : part.find(request);
			if (text != null) {
				found.append(text);
			}
			else if (first) {
				return null;
			}
			else if (found.length() > 0 && found.charAt(found.length() - 1) == '.') {
				found.setLength(found.length() - 1);
			}
			first &= part.literal() != null;
		}
		return found.isEmpty() ? null : found.toString();
	}

	/**
	 * The bytes of the text as they were sent; for a {@linkplain #isSingle single place}.
	 */
	byte @Nullable [] findBytes(WebhookRequest request) {
		String text = find(request);
		if (text == null) {
			return null;
		}
		// A servlet container reads headers as ISO 8859-1: this gives the bytes back.
		return text
			.getBytes((this.parts.get(0).header() != null) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
	}

	/** A text, a header or a pointer: one of them. */
	private record Part(@Nullable String literal, @Nullable String header, @Nullable JsonPointer pointer) {

		@Nullable String find(WebhookRequest request) {
			if (this.header != null) {
				return request.header(this.header);
			}
			JsonNode node = request.json().at(this.pointer);
			return (node.isString() || node.isNumber() || node.isBoolean()) && !node.asString().isEmpty()
					? node.asString() : null;
		}

	}

}
