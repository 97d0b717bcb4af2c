package dev.busbar.ingress.access;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Tells which requests bring credentials of a kind of their own, and so need no API key;
 * each bean of this type is asked. The endpoint that takes such a request must verify
 * those credentials before it does anything else: nobody else does. Since no browser
 * holds them, the rules for web pages do not apply either.
 */
@FunctionalInterface
public interface OwnCredentials {

	/**
	 * Looks at a request, before anything of its body is read.
	 * @param request the request
	 * @return whether the endpoint verifies it
	 */
	boolean areIn(HttpServletRequest request);

}
