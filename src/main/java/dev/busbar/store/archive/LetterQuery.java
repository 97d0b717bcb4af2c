package dev.busbar.store.archive;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

/**
 * A condition in SQL with its parameters.
 */
final class LetterQuery {

	private final List<String> conditions = new ArrayList<>(List.of("1 = 1"));

	private final List<Object> parameters = new ArrayList<>();

	LetterQuery(LetterFilter filter) {
		if (!filter.states().isEmpty()) {
			add("state in (" + String.join(", ", Collections.nCopies(filter.states().size(), "?")) + ")",
					filter.states().stream().map(Enum::name).toArray());
		}
		equal("consumer_group", filter.group());
		equal("type", filter.type());
		equal("handler", filter.handler());
		if (filter.exception() != null) {
			String name = EventKeys.storable(filter.exception());
			add("(exception = ? or exception like ? escape '!' or exception like ? escape '!')", name,
					"%." + escaped(name), "%$" + escaped(name));
		}
		if (filter.text() != null) {
			String part = "%" + escaped(EventKeys.storable(filter.text()).toLowerCase(Locale.ROOT)) + "%";
			add("(lower(cause) like ? escape '!' or lower(event_id) like ? escape '!' or lower(event_key) like ? escape '!')",
					part, part, part);
		}
		if (filter.from() != null) {
			add("first_failure >= ?", filter.from().atOffset(ZoneOffset.UTC));
		}
		if (filter.to() != null) {
			add("first_failure < ?", filter.to().atOffset(ZoneOffset.UTC));
		}
	}

	/** Only letters that stand before a place, in the order of their first failures. */
	LetterQuery before(Archive.@Nullable Place place) {
		return beyond("<", place);
	}

	/** Only letters that stand after a place, in the order of their first failures. */
	LetterQuery after(Archive.@Nullable Place place) {
		return beyond(">", place);
	}

	// The first condition alone lets every database use the index.
	private LetterQuery beyond(String than, Archive.@Nullable Place place) {
		if (place != null) {
			Instant time = place.firstFailure();
			add("first_failure " + than + "= ? and (first_failure " + than + " ? or id " + than + " ?)",
					time.atOffset(ZoneOffset.UTC), time.atOffset(ZoneOffset.UTC), place.id());
		}
		return this;
	}

	private void equal(String column, @Nullable String value) {
		if (value != null) {
			add(column + " = ?", EventKeys.storable(value));
		}
	}

	private void add(String condition, Object... values) {
		this.conditions.add(condition);
		Collections.addAll(this.parameters, values);
	}

	private static String escaped(String text) {
		return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
	}

	String where() {
		return " where " + String.join(" and ", this.conditions);
	}

	Object[] parameters(Object... more) {
		List<Object> all = new ArrayList<>(this.parameters);
		Collections.addAll(all, more);
		return all.toArray();
	}

}
