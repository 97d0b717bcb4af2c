package dev.busbar.ingress.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import dev.busbar.event.EventFormatException;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import dev.busbar.ingress.webhook.source.Scheme;
import dev.busbar.ingress.webhook.source.WebhookSource;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers what providers ask before they deliver. A source that does not exist, and one
 * that is not asked such things, answer alike.
 */
final class Handshakes {

	private static final JsonMapper JSON = JsonMapper.shared();

	// Printable ASCII: what is echoed must be no page and no script.
	private static final Pattern TOKEN = Pattern.compile("[ -~&&[^<>]]{1,2048}");

	// The alphabets of Base64, and so never a JSON object: the answer is the signature
	// that X would put on a delivery with this body.
	private static final Pattern CRC_TOKEN = Pattern.compile("[A-Za-z0-9+/=_-]{1,256}");

	private Handshakes() {
	}

	/** CloudEvents' abuse protection: {@code OPTIONS}. */
	static void options(@Nullable WebhookSource source, HttpServletRequest request, HttpServletResponse response) {
		response.setHeader("Allow", allow(source));
		response.setHeader("Cache-Control", "no-store");
		String origin = request.getHeader("WebHook-Request-Origin");
		if (source == null || origin == null) {
			return;
		}
		WebhookSource.Handshake handshake = source.handshake();
		String known = origin.toLowerCase(Locale.ROOT);
		if (handshake.origins().contains(known) || handshake.origins().contains("*")) {
			response.setHeader("WebHook-Allowed-Origin", handshake.origins().contains(known) ? known : "*");
			response.setHeader("WebHook-Allowed-Rate",
					(handshake.rate() != null) ? Integer.toString(handshake.rate()) : "*");
		}
	}

	/**
	 * Microsoft's validation: an empty POST with a token in the query.
	 * @return whether it was one, and is answered
	 */
	static boolean echoed(@Nullable WebhookSource source, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		if (source == null || !source.handshake().microsoft() || request.getContentLengthLong() > 0) {
			return false;
		}
		String token = request.getParameter("validationToken");
		String validation = (token != null) ? token : request.getParameter("validationtoken");
		if (validation == null) {
			return false;
		}
		if (!TOKEN.matcher(validation).matches()) {
			throw new EventFormatException(
					"The validation token is empty, has more than 2048 characters, or others than "
							+ "printable ASCII without angle brackets.");
		}
		answer(response, "text/plain;charset=UTF-8", validation.getBytes(StandardCharsets.UTF_8));
		return true;
	}

	/** X's challenge-response check: {@code GET} with a token in the query. */
	static void crc(@Nullable WebhookSource source, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		String token = request.getParameter("crc_token");
		if (source == null || source.crc() == null || token == null) {
			Problem.of(ProblemType.METHOD_NOT_ALLOWED, "This address takes webhooks: POST.")
				.withHeader("Allow", allow(source))
				.write(response);
			return;
		}
		if (!CRC_TOKEN.matcher(token).matches()) {
			throw new EventFormatException(
					"The crc_token is empty, has more than 256 characters, or others than those of Base64.");
		}
		byte[] code = source.crc().sign(token.getBytes(StandardCharsets.US_ASCII));
		answer(response, "application/json",
				JSON.writeValueAsBytes(Map.of("response_token", "sha256=" + Base64.getEncoder().encodeToString(code))));
	}

	/**
	 * Slack's URL verification, which is signed like any delivery.
	 * @return whether it was one, and is answered
	 */
	static boolean challenged(WebhookSource source, WebhookRequest webhook, HttpServletResponse response)
			throws IOException {
		if (source.scheme() != Scheme.SLACK || !"url_verification".equals(text(webhook, "type"))) {
			return false;
		}
		String challenge = text(webhook, "challenge");
		if (!TOKEN.matcher(challenge).matches()) {
			throw new EventFormatException("The challenge is missing, has more than 2048 characters, or others than "
					+ "printable ASCII without angle brackets.");
		}
		answer(response, "application/json", JSON.writeValueAsBytes(Map.of("challenge", challenge)));
		return true;
	}

	private static String text(WebhookRequest webhook, String member) {
		JsonNode node = webhook.json().path(member);
		return node.isString() ? node.asString() : "";
	}

	private static String allow(@Nullable WebhookSource source) {
		return (source != null && source.crc() != null) ? "POST, GET, OPTIONS" : "POST, OPTIONS";
	}

	private static void answer(HttpServletResponse response, String contentType, byte[] body) throws IOException {
		response.setContentType(contentType);
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Cache-Control", "no-store");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
