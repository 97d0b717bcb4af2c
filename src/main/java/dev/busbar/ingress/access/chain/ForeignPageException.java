package dev.busbar.ingress.access.chain;

import org.springframework.security.access.AccessDeniedException;

/**
 * A web page of another origin uses a browser's session.
 */
final class ForeignPageException extends AccessDeniedException {

	private static final long serialVersionUID = 1L;

	ForeignPageException(String message) {
		super(message);
	}

}
