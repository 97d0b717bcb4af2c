package dev.busbar.ingress.access;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Who sends a request.
 */
public final class Caller {

	/** The name of a caller who needs no key. */
	public static final String ANONYMOUS = "anonymous";

	private static final String ATTRIBUTE = Caller.class.getName();

	private Caller() {
	}

	/**
	 * The name of the API key that a request came with.
	 * @param request the request
	 * @return the name as configured, or {@link #ANONYMOUS} where no key is asked for
	 */
	public static String of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof String name) ? name : ANONYMOUS;
	}

	static void mark(HttpServletRequest request, String name) {
		request.setAttribute(ATTRIBUTE, name);
	}

}
