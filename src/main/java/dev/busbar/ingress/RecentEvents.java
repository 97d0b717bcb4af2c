package dev.busbar.ingress;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntPredicate;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the events that this instance took in last, in memory, bounded by count. An
 * entry takes 50 to 100 bytes besides the texts. Safe for use by several threads.
 * <p>
 * Many more come in than are ever looked for: to add one is two writes, and to find one
 * is to look through the hash codes of all, four bytes each.
 */
public final class RecentEvents {

	/** How many sources of one id are found: ids are meant to differ. */
	private static final int MAX_SOURCES = 8;

	private final AtomicReferenceArray<@Nullable Accepted> ring;

	/** Those of the ids in the ring. */
	private final AtomicIntegerArray hashes;

	private final AtomicLong next = new AtomicLong();

	/**
	 * Creates an empty memory.
	 * @param capacity how many events to remember
	 */
	RecentEvents(int capacity) {
		this.ring = new AtomicReferenceArray<>(capacity);
		this.hashes = new AtomicIntegerArray(capacity);
	}

	/**
	 * Remembers a stored event.
	 * @param event the event
	 * @param stored when it was stored
	 * @param due when it is to be published, null for at once
	 */
	void add(Event<?> event, Instant stored, @Nullable Instant due) {
		int slot = (int) (this.next.getAndIncrement() % this.ring.length());
		Accepted accepted = new Accepted(event.id(), event.source(), event.type(), stored, due, event.causationId());
		this.ring.set(slot, accepted);
		index(slot, accepted);
	}

	// By identity: one that was slow between its two writes may find a later one there.
	@SuppressWarnings("ReferenceEquality")
	private void index(int slot, Accepted added) {
		for (Accepted there = added; there != null;) {
			this.hashes.set(slot, there.id().hashCode());
			Accepted now = this.ring.get(slot);
			there = (now == there) ? null : now;
		}
	}

	/**
	 * The remembered events with an id.
	 * @param id the id
	 * @return the latest of each source, the last one first
	 */
	List<Accepted> find(String id) {
		List<Accepted> found = new ArrayList<>();
		look(id, (slot) -> {
			Accepted there = this.ring.get(slot);
			if (there != null && there.id().equals(id) && !holds(found, there.source())) {
				found.add(there);
			}
			return found.size() < MAX_SOURCES;
		});
		return found;
	}

	private static boolean holds(List<Accepted> found, String source) {
		for (Accepted each : found) {
			if (each.source().equals(source)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Forgets an event that was taken off the schedule, though not that it came without a
	 * delay before.
	 * @param id its id
	 * @param source its source
	 */
	public void forgetScheduled(String id, String source) {
		look(id, (slot) -> {
			Accepted there = this.ring.get(slot);
			if (there != null && there.due() != null && there.id().equals(id) && there.source().equals(source)) {
				this.ring.compareAndSet(slot, there, null);
			}
			return true;
		});
	}

	/** Shows the slots that may have an id, the last one first, for as long as told. */
	private void look(String id, IntPredicate slots) {
		int hash = id.hashCode();
		int capacity = this.ring.length();
		long added = this.next.get();
		int slot = (int) (added % capacity);
		for (long left = Math.min(added, capacity); left > 0; left--) {
			slot = ((slot > 0) ? slot : capacity) - 1;
			if (this.hashes.get(slot) == hash && !slots.test(slot)) {
				return;
			}
		}
	}

	/**
	 * An event that was stored.
	 *
	 * @param id its id
	 * @param source its source
	 * @param type its type
	 * @param stored when it was stored
	 * @param due when it is to be published, null for at once
	 * @param cause the id of the event that it came of, null if it tells none
	 */
	record Accepted(String id, String source, String type, Instant stored, @Nullable Instant due,
			@Nullable String cause) {

		/** Whether it waits no longer, if it is still to come. */
		boolean isDue(Instant now) {
			return this.due == null || !this.due.isAfter(now);
		}

	}

}
