package dev.busbar.ingress;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the events that this instance took in last, in memory, bounded by count. An
 * entry takes some 200 bytes besides the texts. Safe for use by several threads.
 */
public final class RecentEvents {

	/** How many sources of one id are remembered: ids are meant to differ. */
	private static final int MAX_SOURCES = 8;

	private final ConcurrentHashMap<String, List<Accepted>> byId = new ConcurrentHashMap<>();

	private final AtomicReferenceArray<@Nullable Accepted> ring;

	private final AtomicLong next = new AtomicLong();

	/**
	 * Creates an empty memory.
	 * @param capacity how many events to remember
	 */
	RecentEvents(int capacity) {
		this.ring = new AtomicReferenceArray<>(capacity);
	}

	/**
	 * Remembers a stored event.
	 * @param event the event
	 * @param stored when it was stored
	 * @param due when it is to be published, null for at once
	 */
	void add(Event<?> event, Instant stored, @Nullable Instant due) {
		Accepted accepted = new Accepted(event.id(), event.source(), event.type(), stored, due, event.causationId());
		this.byId.merge(accepted.id(), List.of(accepted), RecentEvents::joined);
		int slot = (int) (this.next.getAndIncrement() % this.ring.length());
		Accepted oldest = this.ring.getAndSet(slot, accepted);
		if (oldest != null) {
			this.byId.computeIfPresent(oldest.id(), (id, all) -> without(all, oldest));
		}
	}

	/**
	 * The remembered events with an id.
	 * @param id the id
	 * @return at most one per source
	 */
	List<Accepted> find(String id) {
		return this.byId.getOrDefault(id, List.of());
	}

	/**
	 * Forgets an event that was taken off the schedule.
	 * @param id its id
	 * @param source its source
	 */
	public void forgetScheduled(String id, String source) {
		// Its place in the ring stays, and is reused in its turn.
		this.byId.computeIfPresent(id, (known, all) -> {
			List<Accepted> left = all.stream()
				.filter((each) -> each.due() == null || !each.source().equals(source))
				.toList();
			return left.isEmpty() ? null : left;
		});
	}

	private static List<Accepted> joined(List<Accepted> old, List<Accepted> added) {
		String source = added.get(0).source();
		return Stream.concat(added.stream(), old.stream().filter((each) -> !each.source().equals(source)))
			.limit(MAX_SOURCES)
			.toList();
	}

	// By identity: the same event may have come again since.
	@SuppressWarnings("ReferenceEquality")
	private static @Nullable List<Accepted> without(List<Accepted> all, Accepted gone) {
		List<Accepted> left = all.stream().filter((each) -> each != gone).toList();
		return left.isEmpty() ? null : left;
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
