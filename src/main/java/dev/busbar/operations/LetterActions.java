package dev.busbar.operations;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.Archive.Action;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.archive.ArchivedLetter.State;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What a person does with one dead letter, each in one transaction.
 */
class LetterActions {

	private static final Logger logger = LoggerFactory.getLogger(LetterActions.class);

	/** A person may change his mind about a letter that he has discarded. */
	private static final Set<State> AT_REST = Set.of(State.OPEN, State.DISCARDED);

	private final Archive archive;

	private final Replayer replayer;

	private final LetterEvents events;

	private final TransactionOperations transaction;

	private final Clock clock;

	LetterActions(Archive archive, Replayer replayer, LetterEvents events, TransactionOperations transaction,
			Clock clock) {
		this.archive = archive;
		this.replayer = replayer;
		this.events = events;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Sends a letter back to its handler.
	 * @param id the letter
	 * @param identity what a letter is that did not decode
	 * @param person who asks for it
	 * @throws ProblemException if that cannot be
	 */
	void replay(UUID id, Identity identity, String person) {
		this.transaction.executeWithoutResult((status) -> {
			DeadLetter known = lock(id).letter();
			requireSame("type", identity.type(), known.type());
			requireSame("id", identity.id(), known.eventId());
			requireSame("source", identity.source(), known.source());
			this.archive.identify(id, identity.source(), identity.id(), identity.type());
			// Read again, with what it is.
			Replayer.Outcome outcome = this.replayer.replay(List.of(lock(id)), AT_REST, person, null);
			if (outcome.problem() != null) {
				throw outcome.problem().asException();
			}
		});
		logger.info("Dead letter {} is replayed by {}", id, person);
	}

	/**
	 * Changes the data of a letter's event.
	 * @param id the letter
	 * @param type the event's type, where the letter knows none
	 * @param data the data
	 * @param person who changes it
	 * @throws ProblemException if that cannot be, or the data does not fit
	 */
	void edit(UUID id, @Nullable String type, byte[] data, String person) {
		this.transaction.executeWithoutResult((status) -> {
			ArchivedLetter known = lock(id);
			Replayer.requireState(known, AT_REST, "changed");
			requireSame("type", type, known.letter().type());
			this.archive.identify(id, null, null, type);
			this.events.read(lock(id).letter(), data);
			this.archive.edit(id, data, person);
			this.archive.move(List.of(id), State.OPEN);
			record(id, Action.Kind.EDIT, person, null);
		});
		logger.info("The data of dead letter {} is changed by {}", id, person);
	}

	private static void requireSame(String name, @Nullable String given, @Nullable String known) {
		if (given != null && known != null && !given.equals(known)) {
			throw LetterRequests.malformed("The event of this dead letter has the " + name + ' ' + Problem.quote(known)
					+ ", which nobody can change. Leave '" + name + "' out.");
		}
	}

	/**
	 * Closes a letter without handling its event. One that is on its way to its handler
	 * is taken back.
	 * @param id the letter
	 * @param reason why
	 * @param person who decides so
	 * @throws ProblemException if that cannot be
	 */
	void discard(UUID id, String reason, String person) {
		try {
			this.transaction.executeWithoutResult((status) -> {
				ArchivedLetter found = this.archive.find(id).orElseThrow(LetterActions::unknown);
				boolean takenBack = found.state() == State.REPLAYING;
				if (takenBack) {
					// The inbox first, then the letter, as when its event is handled.
					this.replayer.takeBack(found.letter());
				}
				Replayer.requireState(lock(id), takenBack ? Set.of(State.OPEN, State.REPLAYING) : Set.of(State.OPEN),
						"discarded");
				this.archive.move(List.of(id), State.DISCARDED);
				record(id, Action.Kind.DISCARD, person, reason);
			});
		}
		catch (ConcurrencyFailureException ex) {
			throw Replayer.refusal("The event is being handled right now. Ask again when that is done.");
		}
		logger.info("Dead letter {} is discarded by {}", id, person);
	}

	private void record(UUID id, Action.Kind kind, String person, @Nullable String reason) {
		this.archive.record(List.of(new Action(id, kind, person, this.clock.instant(), reason, null)));
	}

	private ArchivedLetter lock(UUID id) {
		return this.archive.lock(List.of(id)).stream().findFirst().orElseThrow(LetterActions::unknown);
	}

	static ProblemException unknown() {
		return Problem
			.of(ProblemType.UNKNOWN_DEAD_LETTER,
					"No dead letter has this id. GET /dead-letters lists them; one that was replayed or discarded is "
							+ "kept for busbar.dead-letters.retention.")
			.asException();
	}

	/**
	 * What a message is that did not decode; what a letter knows already stays.
	 *
	 * @param type the event's type
	 * @param id the event's id
	 * @param source the event's source
	 */
	record Identity(@Nullable String type, @Nullable String id, @Nullable String source) {

		static final Identity NONE = new Identity(null, null, null);

	}

}
