package dev.busbar.bus;

import java.util.List;
import java.util.Set;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait to be published, as the bus sees them: an event that it is asked
 * to send must not overtake one of the same key that waits. Keys are divided into slots;
 * a slot in which one event waits holds back all others of the slot. There is one bean of
 * this type at most. Safe for use by several threads.
 */
public interface Backlog {

	/** How many slots there are. Fixed: rows in the database carry their slot. */
	int SLOTS = 64;

	/**
	 * The slot of an event: by its key, or by its id if it has none.
	 * @param event the event
	 * @return the slot, from 0 to 63
	 */
	static int slot(Event<?> event) {
		return Partitions.of(event, SLOTS);
	}

	/**
	 * In which slots events wait that could be published now. It answers within a second
	 * or so: if the database is away, with what it knew last; if it is only slow, with
	 * all slots. Where the broker lives in the database, it first waits for as long as
	 * that takes, and answers with all slots if it fails. Inside a transaction of the
	 * application's database it sees what that transaction has stored, and fails if the
	 * database does.
	 * @param slots the slots asked for
	 * @return those in which an event waits
	 */
	Set<Integer> waiting(Set<Integer> slots);

	/**
	 * Asks in which slots events wait, outside of any transaction, and does not wait for
	 * the answer: it tells of all that was stored before this call. Null where the broker
	 * lives in the database and that answers: whoever sends to it asks himself, once for
	 * all that he sends.
	 * @param slots the slots asked for
	 * @return what tells of them, null if {@link #waiting} is to be asked in its place
	 */
	default @Nullable Answer ask(Set<Integer> slots) {
		return null;
	}

	/**
	 * Has events wait behind those that do: with the running transaction, or, without
	 * one, in one of its own that has committed when this returns.
	 * @param events events of known types with their encoded data, in their order
	 * @throws BrokerUnavailableException if they cannot be stored now, because too many
	 * wait already or the database is away; then none is
	 */
	void append(List<Event<byte @Nullable []>> events);

	/**
	 * Why nothing can be taken in while the broker is away.
	 * @return what is wrong, null if events are stored until the broker is back
	 */
	@Nullable String refusal();

	/**
	 * What a question was answered with, or will be.
	 */
	interface Answer {

		/** Whether it is there, so that nobody waits for it. */
		boolean isReady();

		/**
		 * Waits for the answer, as {@link Backlog#waiting} does, and never fails.
		 * @return the slots, of those asked for, in which an event waits; null if the
		 * question failed, or was not put since an older one is unanswered: then
		 * {@link Backlog#waiting} is to be asked, since that may be long ago
		 */
		@Nullable Set<Integer> waiting();

	}

}
