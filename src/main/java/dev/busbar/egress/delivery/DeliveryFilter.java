package dev.busbar.egress.delivery;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on deliveries; what is null or empty is no condition.
 *
 * @param states in one of these states
 * @param subscriptions of one of these subscriptions
 * @param type of this event type
 * @param eventId of events with this id
 * @param source of events with this source
 * @param from created at this time or later
 * @param to created before this time
 */
public record DeliveryFilter(Set<State> states, List<String> subscriptions, @Nullable String type,
		@Nullable String eventId, @Nullable String source, @Nullable Instant from, @Nullable Instant to) {

	public DeliveryFilter {
		states = Set.copyOf(states);
		subscriptions = List.copyOf(subscriptions);
	}

	/**
	 * The same conditions for dead letters of those subscriptions that are among others.
	 */
	DeliveryFilter dead(List<String> others) {
		List<String> both = this.subscriptions.isEmpty() ? others
				: this.subscriptions.stream().filter(others::contains).toList();
		// None at all must not become any.
		return new DeliveryFilter(Set.of(State.DEAD), both.isEmpty() ? List.of("") : both, this.type, this.eventId,
				this.source, this.from, this.to);
	}

	/** The conditions in SQL; their parameters are added to a list. */
	String where(List<Object> parameters) {
		StringBuilder where = new StringBuilder();
		in(where, parameters, "d.state", this.states.stream().map(Enum::name).toList());
		in(where, parameters, "d.subscription", this.subscriptions);
		if (this.type != null) {
			add(where, parameters, "d.type = ?", EventKeys.storable(this.type));
		}
		if (this.eventId != null) {
			add(where, parameters, "e.event_key >= ?", EventKeys.lowest(this.eventId));
			add(where, parameters, "e.event_key <= ?", EventKeys.highest(this.eventId));
		}
		if (this.source != null) {
			add(where, parameters, "e.source = ?", EventKeys.storable(this.source));
		}
		if (this.from != null) {
			add(where, parameters, "d.created >= ?", this.from.atOffset(ZoneOffset.UTC));
		}
		if (this.to != null) {
			add(where, parameters, "d.created < ?", this.to.atOffset(ZoneOffset.UTC));
		}
		return where.toString();
	}

	private static void in(StringBuilder where, List<Object> parameters, String column, List<String> values) {
		if (!values.isEmpty()) {
			where.append(" and ")
				.append(column)
				.append(" in (")
				.append(String.join(", ", Collections.nCopies(values.size(), "?")))
				.append(")");
			parameters.addAll(values);
		}
	}

	private static void add(StringBuilder where, List<Object> parameters, String condition, Object value) {
		where.append(" and ").append(condition);
		parameters.add(value);
	}

}
