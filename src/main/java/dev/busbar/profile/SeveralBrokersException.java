package dev.busbar.profile;

import java.util.List;

/**
 * More than one active profile names a broker.
 */
class SeveralBrokersException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SeveralBrokersException(List<String> profiles) {
		super("The active profiles name " + profiles.size() + " brokers: " + String.join(", ", profiles)
				+ ". One is allowed.");
	}

}
