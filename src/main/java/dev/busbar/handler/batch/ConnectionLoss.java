package dev.busbar.handler.batch;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Tells failures of a connection from those of the work done with it. A database that
 * fails over, or ends a session, answers again at once: whoever asks it afterwards finds
 * nothing wrong.
 */
final class ConnectionLoss {

	/** Longer chains of causes are not followed; a chain may be a ring. */
	private static final int DEPTH = 20;

	private ConnectionLoss() {
	}

	/**
	 * Whether a connection was lost, by what the exception and its causes say: the
	 * classes of JDBC and Spring, and the SQL states 08 (connection) and 57P (PostgreSQL:
	 * the session was ended, or the server is starting or stopping).
	 * @param failure what was thrown
	 */
	static boolean isIn(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < DEPTH; depth++) {
			if (cause instanceof DataAccessResourceFailureException || cause instanceof RecoverableDataAccessException
					|| cause instanceof CannotCreateTransactionException || cause instanceof SQLRecoverableException
					|| cause instanceof SQLTransientConnectionException
					|| cause instanceof SQLNonTransientConnectionException
					|| (cause instanceof SQLException sql && isOfConnection(sql.getSQLState()))) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	private static boolean isOfConnection(@Nullable String state) {
		return state != null && (state.startsWith("08") || state.startsWith("57P"));
	}

}
