package dev.busbar.ingress.access.chain;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.header.HeaderWriter;

/**
 * The headers that keep browsers from misusing an answer: a few for all answers, more for
 * pages. What an endpoint has set itself stays.
 */
final class AnswerHeaders implements HeaderWriter {

	/** Nothing from elsewhere, no script or style inside the page, in nobody's frame. */
	static final String POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
			+ "frame-ancestors 'none'";

	@Override
	public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
		set(response, "X-Content-Type-Options", "nosniff");
		set(response, "Cache-Control", "no-store");
		if (isPage(response.getContentType())) {
			set(response, "Content-Security-Policy", POLICY);
			set(response, "X-Frame-Options", "DENY");
			set(response, "Referrer-Policy", "same-origin");
			set(response, "Cross-Origin-Opener-Policy", "same-origin");
		}
	}

	private static boolean isPage(@Nullable String type) {
		return type != null && (type.startsWith("text/html") || type.startsWith("application/xhtml"));
	}

	private static void set(HttpServletResponse response, String name, String value) {
		if (!response.containsHeader(name)) {
			response.setHeader(name, value);
		}
	}

}
