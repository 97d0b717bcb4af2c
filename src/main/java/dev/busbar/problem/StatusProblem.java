package dev.busbar.problem;

import org.jspecify.annotations.Nullable;

/**
 * The problem that stands for a bare status code.
 */
final class StatusProblem {

	private StatusProblem() {
	}

	/**
	 * Chooses the problem.
	 * @param status the status code, from 400
	 * @param method the method of the request
	 * @param allow the methods that the address knows, if they are known
	 */
	static Problem of(int status, String method, @Nullable String allow) {
		return switch (status) {
			case 401 -> Problem.of(ProblemType.UNAUTHORIZED, "This needs authentication.");
			case 403 -> Problem.of(ProblemType.FORBIDDEN, "This request is not allowed here.");
			case 404 -> Problem.of(ProblemType.NOT_FOUND,
					"There is nothing at this address. Events go to POST /events or POST /webhook; "
							+ "GET /handlers lists the event types.");
			case 405 -> Problem.of(ProblemType.METHOD_NOT_ALLOWED,
					"TRACE".equals(method) ? "This server answers no TRACE." : (allow != null)
							? "This address knows " + allow + " only." : "This address does not know the method.");
			case 408 -> Problem.of(ProblemType.TIMEOUT, "The request did not come in time. Send it again.");
			case 413 -> Problem.of(ProblemType.TOO_LARGE, "The request is larger than this address takes.");
			case 415 -> Problem.of(ProblemType.UNKNOWN_FORMAT, "This address does not take this content type.");
			case 503 -> Problem.of(ProblemType.BROKER_UNAVAILABLE, "The service is not available now. Try again.");
			default -> (status < 500) ? Problem.of(ProblemType.MALFORMED,
					"The request is not what this address takes, or not valid HTTP, or its headers are longer than "
							+ "this server takes (server.max-http-request-header-size).")
					: Problem.of(ProblemType.INTERNAL,
							"The server failed. Its log says why. Whether an event of this request is stored is not "
									+ "known: send it again under the same id.");
		};
	}

}
