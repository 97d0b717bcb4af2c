package dev.busbar.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.Outbox.OutboxEntry;
import dev.busbar.store.PlannedTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Finds results by the events that caused them: the inbox names the handling of an event,
 * and the outbox has an index of handlings.
 */
final class ResultRows {

	private static final String HANDLINGS = """
			select event_key, handling from busbar_inbox where event_key = any(?) and handling is not null
			""";

	private static final String SELECT = """
			select o.number, o.envelope, %s, o.published, b.first_number as block, b.published as block_published
			from unnest(cast(? as bigint array), cast(? as bytea array)) as k (handling, cause_key)
				join busbar_outbox o on o.handling = k.handling and o.cause_key = k.cause_key""" + OutboxBlocks.JOIN;

	private static final String DATA = "o.data, o.large_data";

	private static final String UNPUBLISHED = SELECT.formatted(DATA) + " where o.published is null or "
			+ OutboxBlocks.WAITS + " order by o.number";

	private static final String FIRST = " order by o.number limit ?";

	private static final String ENVELOPES = SELECT.formatted("null as data, null as large_data") + FIRST;

	private static final String WHOLE = SELECT.formatted(DATA) + FIRST;

	private final JdbcTemplate jdbc;

	private final OutboxRows rows;

	ResultRows(DataSource dataSource, CloudEvents codec) {
		this.jdbc = new PlannedTemplate(dataSource);
		this.rows = new OutboxRows(codec);
	}

	/**
	 * The results that are not marked as published.
	 * @param causes the keys of the events that caused them
	 */
	List<OutboxEntry> unpublished(List<byte[]> causes) {
		return query(UNPUBLISHED, causes);
	}

	/**
	 * The first results, without their data.
	 * @param causes the keys of the events that caused them
	 * @param limit how many at most
	 */
	List<OutboxEntry> envelopes(List<byte[]> causes, int limit) {
		return query(ENVELOPES, causes, limit);
	}

	/**
	 * The first results.
	 * @param causes the keys of the events that caused them
	 * @param limit how many at most
	 */
	List<OutboxEntry> whole(List<byte[]> causes, int limit) {
		return query(WHOLE, causes, limit);
	}

	private List<OutboxEntry> query(String sql, List<byte[]> causes, Object... more) {
		List<Long> handlings = new ArrayList<>();
		List<byte[]> keys = new ArrayList<>(causes);
		// Rows of an older version, which did not say their handling.
		causes.forEach((key) -> handlings.add(0L));
		this.jdbc.query(HANDLINGS, (row) -> {
			keys.add(row.getBytes(1));
			handlings.add(row.getLong(2));
		}, array("bytea", keys.toArray(byte[][]::new)));
		@Nullable Object[] parameters = new Object[2 + more.length];
		parameters[0] = array("int8", handlings.toArray());
		parameters[1] = array("bytea", keys.toArray(byte[][]::new));
		System.arraycopy(more, 0, parameters, 2, more.length);
		return this.jdbc.query(sql, this::entry, parameters);
	}

	private OutboxEntry entry(ResultSet row, int number) throws SQLException {
		return this.rows.entry(row);
	}

	private static SqlArrayValue array(String type, Object[] values) {
		return new SqlArrayValue(type, Arrays.copyOf(values, values.length));
	}

}
