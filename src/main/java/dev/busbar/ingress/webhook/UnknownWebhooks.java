package dev.busbar.ingress.webhook;

import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Keeps webhooks of unknown types as dead letters. Replayed once the type is declared,
 * they are published as if they had just come.
 */
class UnknownWebhooks {

	private final EventTypes types;

	private final DeadLetterOffice office;

	private final TransactionOperations transactions;

	UnknownWebhooks(EventTypes types, DeadLetterOffice office, TransactionOperations transactions) {
		this.types = types;
		this.office = office;
		this.transactions = transactions;
	}

	/**
	 * Keeps an event.
	 * @param event an event of an unknown type
	 * @throws dev.busbar.problem.ProblemException if the database does not take it
	 */
	void keep(Event<byte @Nullable []> event) {
		try {
			this.types.decode(event);
		}
		catch (EventFormatException ex) {
			keep(event, ex);
		}
	}

	private void keep(Event<byte @Nullable []> event, EventFormatException failure) {
		try {
			this.transactions.executeWithoutResult((status) -> this.office.keepUnknown(event, failure));
		}
		catch (DuplicateKeyException ex) {
			// The same webhook at the same time: it is kept.
		}
		catch (DataAccessException | TransactionException ex) {
			throw Problem
				.of(ProblemType.DATABASE_UNAVAILABLE,
						"The webhook could not be stored. Send it again under the same id, in a few seconds.")
				.withHeader("Retry-After", "2")
				.asException();
		}
	}

}
