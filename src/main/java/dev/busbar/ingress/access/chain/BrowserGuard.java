package dev.busbar.ingress.access.chain;

import java.util.Locale;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of other origins off a server that asks for no key: a browser on this
 * machine reaches loopback for any page that it shows.
 */
class BrowserGuard {

	private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

	private final boolean anyHost;

	/**
	 * Creates the guard.
	 * @param anyHost whether the server may be called by any name
	 */
	BrowserGuard(boolean anyHost) {
		this.anyHost = anyHost;
	}

	/**
	 * Looks at a request.
	 * @param request the request
	 * @return why it is refused, or null
	 */
	@Nullable String refusal(HttpServletRequest request) {
		String host = request.getHeader("Host");
		// A request of HTTP/1.0 may come without; a browser sends it always.
		if (host != null && !this.anyHost && !isLoopback(hostName(host))) {
			return "The Host header names something else than this machine (localhost, 127.0.0.1, [::1]), which is how a "
					+ "web page reaches into a private network. Call this server as localhost, or configure API keys "
					+ "(busbar.access.keys), or set busbar.access.open=true if something else guards it.";
		}
		boolean changes = !SAFE_METHODS.contains(request.getMethod()) || request.getHeader("Upgrade") != null;
		if (changes && isForeignPage(request, host)) {
			return "The request comes from a web page of another origin (Origin, Sec-Fetch-Site), and no API key is "
					+ "configured. Call this server from a program or from its own pages, or configure API keys "
					+ "(busbar.access.keys).";
		}
		return null;
	}

	/** Whether a web page of another origin sends a request. */
	static boolean isForeignPage(HttpServletRequest request) {
		return isForeignPage(request, request.getHeader("Host"));
	}

	private static boolean isForeignPage(HttpServletRequest request, @Nullable String host) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null && !OWN_SITE.contains(site)) {
			return true;
		}
		String origin = request.getHeader("Origin");
		return origin != null && (host == null || !isSameOrigin(origin, host, request.isSecure()));
	}

	private static boolean isSameOrigin(String origin, String host, boolean secure) {
		String lower = origin.toLowerCase(Locale.ROOT);
		if (lower.startsWith("http://")) {
			return !secure
					&& withPort(lower.substring(7), ":80").equals(withPort(host.toLowerCase(Locale.ROOT), ":80"));
		}
		// TLS may end before this server.
		return lower.startsWith("https://")
				&& withPort(lower.substring(8), ":443").equals(withPort(host.toLowerCase(Locale.ROOT), ":443"));
	}

	private static String withPort(String authority, String port) {
		return (hostName(authority).length() == authority.length()) ? authority + port : authority;
	}

	private static String hostName(String authority) {
		int colon = authority.lastIndexOf(':');
		return (colon > authority.lastIndexOf(']')) ? authority.substring(0, colon) : authority;
	}

	static boolean isLoopback(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		if (lower.endsWith(".")) {
			lower = lower.substring(0, lower.length() - 1);
		}
		return lower.equals("localhost") || lower.endsWith(".localhost") || lower.equals("[::1]")
				|| lower.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
	}

}
