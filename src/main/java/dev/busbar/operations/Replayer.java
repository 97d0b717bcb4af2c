package dev.busbar.operations;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import dev.busbar.event.Event;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.handler.result.EventConflictException;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.Archive.Action;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.inbox.Inbox;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters back: events that a handler failed at to that handler alone, through
 * the partition of their key; events that the broker refused to everyone. To be called in
 * a transaction that has locked the letters.
 */
class Replayer {

	private final HandlerRegistry registry;

	private final LetterEvents events;

	private final Archive archive;

	private final Inbox inbox;

	private final Redeliveries redeliveries;

	private final Consumer<List<Event<byte @Nullable []>>> outgoing;

	private final Runnable relay;

	private final Clock clock;

	Replayer(HandlerRegistry registry, LetterEvents events, Archive archive, Inbox inbox, Redeliveries redeliveries,
			Consumer<List<Event<byte @Nullable []>>> outgoing, Runnable relay, Clock clock) {
		this.registry = registry;
		this.events = events;
		this.archive = archive;
		this.inbox = inbox;
		this.redeliveries = redeliveries;
		this.outgoing = outgoing;
		this.relay = relay;
		this.clock = clock;
	}

	/**
	 * Sends letters back, as far as they can be.
	 * @param letters locked letters, in the order in which they are to go
	 * @param allowed the states in which a letter may be
	 * @param person who asked for it
	 * @param replay the replay of many of which this is a part, null if it is none
	 * @return what became of them
	 */
	Outcome replay(List<ArchivedLetter> letters, Set<State> allowed, String person, @Nullable UUID replay) {
		Instant now = this.clock.instant();
		List<Redelivery> back = new ArrayList<>();
		List<UUID> replaying = new ArrayList<>();
		List<Event<byte @Nullable []>> refused = new ArrayList<>();
		List<UUID> published = new ArrayList<>();
		Problem problem = null;
		for (ArchivedLetter archived : letters) {
			try {
				Event<byte @Nullable []> event = replayable(archived, allowed);
				UUID id = archived.letter().id();
				if (wasRefused(archived.letter())) {
					refused.add(event);
					published.add(id);
				}
				else {
					back.add(redelivery(archived.letter(), event, now));
					replaying.add(id);
				}
			}
			catch (ProblemException ex) {
				problem = ex.problem();
			}
		}
		if (!back.isEmpty()) {
			this.redeliveries.add(back);
			this.archive.move(replaying, State.REPLAYING);
			this.relay.run();
		}
		if (!refused.isEmpty()) {
			this.outgoing.accept(refused);
			this.archive.move(published, State.REPLAYED);
		}
		List<UUID> done = new ArrayList<>(replaying);
		done.addAll(published);
		this.archive
			.record(done.stream().map((id) -> new Action(id, Action.Kind.REPLAY, person, now, null, replay)).toList());
		return new Outcome(done.size(), letters.size() - done.size(), problem);
	}

	/**
	 * Takes a letter's event back that is on its way to its handler, however it was held
	 * up: no delivery of it is handled any more. To be called before the letter is
	 * locked.
	 * @param letter the letter
	 * @throws org.springframework.dao.ConcurrencyFailureException if it is being handled
	 * right now
	 */
	void takeBack(DeadLetter letter) {
		if (letter.source() == null || letter.eventId() == null) {
			return;
		}
		UUID token = this.inbox.takeBack(letter.group(), letter.source(), letter.eventId());
		if (token != null) {
			Redelivery former = this.redeliveries.find(List.of(token)).get(token);
			this.redeliveries.end(List.of(token));
			if (former != null && former.gate() != null) {
				this.redeliveries.open(List.of(former.gate()));
			}
		}
	}

	private Event<byte @Nullable []> replayable(ArchivedLetter archived, Set<State> allowed) {
		DeadLetter letter = archived.letter();
		requireState(archived, allowed, "replayed");
		if (!letter.group().equals(this.registry.group())) {
			throw refusal("The dead letter belongs to the group " + Problem.quote(letter.group())
					+ ", and this application is " + Problem.quote(this.registry.group()) + ". Replay it there.");
		}
		if (letter.exception().equals(EventConflictException.class.getName())) {
			throw refusal(
					"Another event with other data was handled, or is a dead letter, under the same source and id. "
							+ "This one cannot be replayed under its id: publish its data again as an event with an id of its "
							+ "own, then discard this letter.");
		}
		Event<byte @Nullable []> event = this.events.read(archived);
		if (!wasRefused(letter) && this.registry.handlerOf(event.type()).isEmpty()) {
			throw Problem
				.of(ProblemType.UNKNOWN_EVENT_TYPE,
						"The event type " + Problem.quote(event.type())
								+ " has no handler here. Deploy one, then replay.")
				.asException();
		}
		return event;
	}

	/**
	 * Refuses what cannot be done in a letter's state.
	 * @param archived the letter
	 * @param allowed the states in which it can
	 * @param done what is to be done, as a participle
	 */
	static void requireState(ArchivedLetter archived, Set<State> allowed, String done) {
		if (!allowed.contains(archived.state())) {
			throw refusal("The dead letter is " + archived.state() + ". Only one that is "
					+ String.join(" or ", allowed.stream().map(Enum::name).sorted().toList()) + " can be " + done + "."
					+ ((archived.state() == State.REPLAYING)
							? " It is on its way to its handler: wait, or discard it to take it back." : ""));
		}
	}

	static ProblemException refusal(String detail) {
		return Problem.of(ProblemType.DEAD_LETTER_STATE, detail).asException();
	}

	// It never came to a handler, nor from a partition.
	private static boolean wasRefused(DeadLetter letter) {
		return letter.handler() == null && letter.source() != null && letter.eventId() != null
				&& letter.origin().partition() == null && letter.origin().position() == null;
	}

	private Redelivery redelivery(DeadLetter letter, Event<byte @Nullable []> event, Instant now) {
		UUID token = UUID.randomUUID();
		if (!this.inbox.replay(letter.group(), event, token)) {
			throw refusal("The event was handled meanwhile, or is on its way to its handler: see GET /events/{id}.");
		}
		if (letter.source() == null || letter.eventId() == null || letter.type() == null) {
			this.archive.identify(letter.id(), event.source(), event.id(), event.type());
		}
		return new Redelivery(Redelivery.Kind.REPLAY, letter.group(), event, token, now, null, 0, null, letter.id(),
				null);
	}

	/**
	 * What became of letters.
	 *
	 * @param done how many were sent back
	 * @param skipped how many could not be
	 * @param problem why the last of these could not be
	 */
	record Outcome(int done, int skipped, @Nullable Problem problem) {

	}

}
