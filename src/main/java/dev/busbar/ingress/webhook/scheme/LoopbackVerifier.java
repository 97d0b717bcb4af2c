package dev.busbar.ingress.webhook.scheme;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Anyone on this machine. What a proxy has passed on comes from elsewhere.
 */
public final class LoopbackVerifier implements Verifier {

	// No look-up: a proxy's header may have put any text there.
	private static final Pattern LOOPBACK = Pattern
		.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|::1|0:0:0:0:0:0:0:1");

	private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
			"X-Real-IP", "Via");

	@Override
	public @Nullable String refusal(WebhookRequest request) {
		if (!LOOPBACK.matcher(request.remoteAddress()).matches()) {
			return "the source is open to this machine alone";
		}
		return FORWARDED.stream().anyMatch(request::has)
				? "the source is open to this machine alone, and a proxy has passed the request on" : null;
	}

}
