package dev.busbar.outbox.outgoing;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.Backlog;
import dev.busbar.event.Event;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The slots in which events wait as far as this instance knows: what the database told
 * last, and what this instance has committed since. For use by any number of threads.
 */
final class KnownSlots {

	/** By slot, after which question it became known. */
	private final Map<Integer, Long> slots = new HashMap<>();

	private long questions;

	/**
	 * The database is about to be asked.
	 * @return the question's number
	 */
	synchronized long question() {
		return ++this.questions;
	}

	/**
	 * The database has answered. What was committed after the question stays known, since
	 * the answer may not tell of it.
	 * @param question the question's number
	 * @param asked the slots asked for
	 * @param waiting those of them in which events wait
	 */
	synchronized void answer(long question, Set<Integer> asked, Set<Integer> waiting) {
		for (Integer slot : asked) {
			if (waiting.contains(slot)) {
				this.slots.merge(slot, question, Math::max);
			}
			else {
				this.slots.computeIfPresent(slot, (same, known) -> (known < question) ? null : known);
			}
		}
	}

	/** Events are stored. */
	void stored(List<? extends Event<?>> events) {
		stored(slots(events));
	}

	/**
	 * Events are stored once the running transaction has committed, or may have: its
	 * callers then wait behind them at once.
	 */
	void storedAfterCommit(List<? extends Event<?>> events) {
		Set<Integer> stored = slots(events);
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public int getOrder() {
				return HIGHEST_PRECEDENCE;
			}

			@Override
			public void afterCommit() {
				stored(stored);
			}

			@Override
			public void afterCompletion(int status) {
				if (status == STATUS_UNKNOWN) {
					stored(stored);
				}
			}

		});
	}

	/** The slots, of those given, in which events wait. */
	synchronized Set<Integer> among(Set<Integer> asked) {
		Set<Integer> known = new HashSet<>(asked);
		known.retainAll(this.slots.keySet());
		return known;
	}

	private synchronized void stored(Collection<Integer> stored) {
		stored.forEach((slot) -> this.slots.put(slot, this.questions));
	}

	private static Set<Integer> slots(List<? extends Event<?>> events) {
		Set<Integer> slots = new HashSet<>();
		events.forEach((event) -> slots.add(Backlog.slot(event)));
		return slots;
	}

}
