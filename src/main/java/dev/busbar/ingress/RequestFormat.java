package dev.busbar.ingress;

import java.util.Enumeration;
import java.util.List;
import java.util.Locale;

import dev.busbar.event.CloudEvents;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The formats of a request's body, told from its headers alone.
 */
enum RequestFormat {

	/** One CloudEvent in headers, its JSON data as the body. */
	BINARY,

	/** One CloudEvent in the JSON format. */
	STRUCTURED,

	/** A JSON array of CloudEvents. */
	BATCH,

	/** Plain JSON. */
	JSON;

	static final String EVENTS = "/events";

	static final String WEBHOOK = "/webhook";

	/** Followed by the name of a source. */
	static final String WEBHOOKS = "/webhooks/";

	/**
	 * Tells the format.
	 * @param path where the request goes
	 * @param request the request
	 * @return its format
	 * @throws dev.busbar.problem.ProblemException if this path does not take it
	 */
	static RequestFormat of(String path, HttpServletRequest request) {
		String encoding = single(request, "Content-Encoding");
		if (encoding != null && !encoding.isBlank() && !"identity".equalsIgnoreCase(encoding.trim())) {
			throw unknown(path, "The body has the content encoding " + Problem.quote(encoding)
					+ ", and only 'identity' is allowed. Send it uncompressed.");
		}
		String contentType = single(request, "Content-Type");
		MediaType type = parse(path, contentType);
		if (type != null && type.getParameter("charset") != null && !isUtf8(type.getParameter("charset"))) {
			throw unknown(path, "The body has the charset " + Problem.quote(type.getParameter("charset"))
					+ ", and only UTF-8 is allowed.");
		}
		RequestFormat format = isWebhook(path) ? webhook(type) : event(type, request);
		if (format == null) {
			throw unknown(path, "The body has the content type " + Problem.quote(contentType) + ". Allowed are "
					+ String.join(", ", allowed(path)) + ".");
		}
		return format;
	}

	/**
	 * Whether a request to a source of webhooks has no body, of which there would be a
	 * format: Microsoft asks so before it delivers. Nor may Spring MVC take it for a
	 * form.
	 */
	static boolean isEmpty(String path, HttpServletRequest request) {
		String type = request.getContentType();
		return path.startsWith(WEBHOOKS) && request.getContentLengthLong() <= 0
				&& request.getHeader("Transfer-Encoding") == null
				&& (type == null || type.regionMatches(true, 0, "text/plain", 0, 10));
	}

	private static boolean isWebhook(String path) {
		return WEBHOOK.equals(path) || path.startsWith(WEBHOOKS);
	}

	/** The content types that a path takes. */
	static List<String> allowed(String path) {
		return isWebhook(path) ? List.of("application/json")
				: List.of(CloudEvents.JSON, CloudEvents.JSON_BATCH, "application/json (with ce- headers)");
	}

	/** The header that tells what a path takes. */
	static String acceptPost(String path) {
		return isWebhook(path) ? "application/json"
				: CloudEvents.JSON + ", " + CloudEvents.JSON_BATCH + ", application/json";
	}

	private static @Nullable RequestFormat webhook(@Nullable MediaType type) {
		return (type != null && isJson(type)) ? JSON : null;
	}

	private static @Nullable RequestFormat event(@Nullable MediaType type, HttpServletRequest request) {
		if (type != null && type.getType().equals("application") && type.getSubtype().startsWith("cloudevents")) {
			return switch (type.getSubtype()) {
				case "cloudevents+json" -> STRUCTURED;
				case "cloudevents-batch+json" -> BATCH;
				default -> null;
			};
		}
		return ((type == null || isJson(type)) && BinaryFormat.isPresent(request)) ? BINARY : null;
	}

	private static boolean isJson(MediaType type) {
		return type.getType().equals("application")
				&& (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"));
	}

	private static @Nullable MediaType parse(String path, @Nullable String contentType) {
		if (contentType == null) {
			return null;
		}
		try {
			return MediaType.parseMediaType(contentType.toLowerCase(Locale.ROOT));
		}
		catch (InvalidMediaTypeException ex) {
			throw unknown(path, "The Content-Type header is no media type: " + Problem.quote(contentType)
					+ ". Allowed are " + String.join(", ", allowed(path)) + ".");
		}
	}

	private static boolean isUtf8(@Nullable String charset) {
		return charset != null
				&& List.of("utf-8", "utf8", "us-ascii").contains(charset.replace("\"", "").toLowerCase(Locale.ROOT));
	}

	private static @Nullable String single(HttpServletRequest request, String name) {
		Enumeration<String> values = request.getHeaders(name);
		if (!values.hasMoreElements()) {
			return null;
		}
		String value = values.nextElement();
		if (values.hasMoreElements()) {
			throw Problem.of(ProblemType.MALFORMED, "The header " + name + " comes more than once. Send it once.")
				.asException();
		}
		return value;
	}

	private static RuntimeException unknown(String path, String detail) {
		return Problem.of(ProblemType.UNKNOWN_FORMAT, detail)
			.with("allowed", allowed(path))
			.withHeader("Accept-Post", acceptPost(path))
			.asException();
	}

}
