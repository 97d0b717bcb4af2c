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
class RecentEvents {

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
	 */
	void add(Event<?> event, Instant stored) {
		Accepted accepted = new Accepted(event.id(), event.source(), event.type(), stored);
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
	 */
	record Accepted(String id, String source, String type, Instant stored) {

	}

}
