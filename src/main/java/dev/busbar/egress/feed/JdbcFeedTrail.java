package dev.busbar.egress.feed;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import dev.busbar.store.FeedTrail;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds events of {@code busbar_feed} by their ids.
 */
final class JdbcFeedTrail implements FeedTrail {

	private final JdbcTemplate jdbc;

	private final String application;

	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	JdbcFeedTrail(DataSource dataSource, String application) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = EventKeys.storable(application);
	}

	@Override
	public Optional<Entry> find(String eventId, String source) {
		return this.jdbc.query("select added, envelope from busbar_feed where event_key = ?", (row, number) -> {
			Event<?> event = event(row);
			return new Entry(event.type(), row.getObject("added", OffsetDateTime.class).toInstant(),
					event.causationId());
		}, (Object) EventKeys.of(this.application, source, eventId)).stream().findFirst();
	}

	@Override
	public List<String> sources(String eventId, int limit) {
		return this.jdbc
			.query("select envelope from busbar_feed where event_key between ? and ? and application = ? limit ?",
					(row, number) -> event(row), EventKeys.lowest(eventId), EventKeys.highest(eventId),
					this.application, limit)
			.stream()
			.filter((event) -> event.id().equals(eventId))
			.map(Event::source)
			.distinct()
			.toList();
	}

	private Event<byte @Nullable []> event(ResultSet row) throws SQLException {
		return this.codec.decode(row.getBytes("envelope"));
	}

}
