package dev.busbar.ingress.access.chain;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Tells when a browser wants to show a page.
 */
final class Pages {

	private Pages() {
	}

	static boolean isAskedFor(HttpServletRequest request) {
		String accept = request.getHeader("Accept");
		return "GET".equals(request.getMethod()) && accept != null && accept.contains("text/html");
	}

}
