package dev.busbar.socket.connection;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.busbar.event.EventFormatException;
import dev.busbar.ingress.access.Scope;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * What a client is told if its message has failed.
 */
final class MessageFailure {

	private static final String RETRY_SECONDS = "5";

	private static final Logger logger = LoggerFactory.getLogger(MessageFailure.class);

	private MessageFailure() {
	}

	/** No message is taken any more. */
	static Problem stopping() {
		return Problem.of(ProblemType.STOPPING, "The application stops. Connect again, and send it there.")
			.withHeader("Retry-After", RETRY_SECONDS);
	}

	/** More messages have come than are read in a second. */
	static Problem tooMany(int perSecond) {
		return Problem
			.of(ProblemType.RATE_LIMITED,
					"More than " + perSecond + " messages came in a second (busbar.socket.messages-per-second). "
							+ "This one was not read: send it again, more slowly.")
			.withHeader("Retry-After", "1");
	}

	/** Nothing of the protocol has that name. */
	static Problem unknown(String action, Set<String> known) {
		return Problem
			.of(ProblemType.MALFORMED,
					"The action " + Problem.quote(action) + " is not known. Use one of 'allowed' for the member 'do'.")
			.with("allowed", new TreeSet<>(known));
	}

	/** The caller may not do that. */
	static Problem without(Scope scope) {
		return Problem
			.of(ProblemType.INSUFFICIENT_SCOPE,
					"This needs the scope '" + scope + "', and the caller has not got it. Use another key, or have "
							+ "this one changed (busbar.access.keys).")
			.with("scopes", List.of(scope.toString()));
	}

	/** The problem, of which the log may say more. */
	static Problem problem(RuntimeException failure) {
		if (failure instanceof EventFormatException) {
			return Problem.of(ProblemType.MALFORMED, String.valueOf(failure.getMessage()));
		}
		if (failure instanceof DataAccessException || failure instanceof TransactionException) {
			logger.debug("A message is refused, since the database is away", failure);
			return Problem.of(ProblemType.DATABASE_UNAVAILABLE,
					"The database cannot be asked now. Whether this message took effect is not known: send it again in "
							+ "a few seconds.")
				.withHeader("Retry-After", RETRY_SECONDS);
		}
		logger.error("A message on a WebSocket failed", failure);
		return Problem.of(ProblemType.INTERNAL, "The server failed. Its log says why.");
	}

}
