package dev.busbar.outbox.result;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;

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

	// Without "offset 0" PostgreSQL reads a table of up to some 20,000 rows whole for 200
	// keys, and compares each row with each key.
	private static final String HANDLINGS_ONE_BY_ONE = """
			select k.event_key, i.handling
			from unnest(cast(? as bytea array)) as k (event_key)
				cross join lateral (select handling from busbar_inbox
					where busbar_inbox.event_key = k.event_key and handling is not null offset 0) i
			""";

	private static final String KEYS = " from unnest(cast(? as bigint array), cast(? as bytea array))"
			+ " as k (handling, cause_key)";

	private static final String JOIN = " join busbar_outbox o on o.handling = k.handling and o.cause_key = k.cause_key";

	private static final String JOIN_ONE_BY_ONE = """
			cross join lateral (select * from busbar_outbox
			where busbar_outbox.handling = k.handling and busbar_outbox.cause_key = k.cause_key offset 0) o""";

	private static final String COLUMNS = "select o.number, o.envelope, %s, o.published,"
			+ " b.first_number as block, b.published as block_published";

	private static final String DATA = "o.data, o.large_data";

	private static final String NO_DATA = "null as data, null as large_data";

	private static final String UNPUBLISHED = " where o.published is null or " + OutboxBlocks.WAITS
			+ " order by o.number";

	private static final String FIRST = " order by o.number limit ?";

	private final JdbcTemplate jdbc;

	private final StoreSchema schema;

	private final OutboxRows rows;

	ResultRows(DataSource dataSource, StoreSchema schema, CloudEvents codec) {
		this.jdbc = new PlannedTemplate(dataSource);
		this.schema = schema;
		this.rows = new OutboxRows(codec);
	}

	/**
	 * The results that are not marked as published.
	 * @param causes the keys of the events that caused them
	 */
	List<OutboxEntry> unpublished(List<byte[]> causes) {
		return query(DATA, UNPUBLISHED, causes);
	}

	/**
	 * The first results, without their data.
	 * @param causes the keys of the events that caused them
	 * @param limit how many at most
	 */
	List<OutboxEntry> envelopes(List<byte[]> causes, int limit) {
		return query(NO_DATA, FIRST, causes, limit);
	}

	/**
	 * The first results.
	 * @param causes the keys of the events that caused them
	 * @param limit how many at most
	 */
	List<OutboxEntry> whole(List<byte[]> causes, int limit) {
		return query(DATA, FIRST, causes, limit);
	}

	private List<OutboxEntry> query(String data, String which, List<byte[]> causes, Object... more) {
		// An event may come twice in one batch.
		Map<ByteBuffer, byte[]> distinct = new LinkedHashMap<>();
		causes.forEach((key) -> distinct.put(ByteBuffer.wrap(key), key));
		List<byte[]> keys = new ArrayList<>(distinct.values());
		// Rows of an older version, which did not say their handling.
		List<Long> handlings = new ArrayList<>(Collections.nCopies(keys.size(), 0L));
		boolean oneByOne = this.schema.insertsTogether();
		this.jdbc.query(oneByOne ? HANDLINGS_ONE_BY_ONE : HANDLINGS, (row) -> {
			keys.add(row.getBytes(1));
			handlings.add(row.getLong(2));
		}, keys(distinct.values()));
		List<Object> parameters = new ArrayList<>(List.of(new SqlArrayValue("int8", handlings.toArray()), keys(keys)));
		parameters.addAll(List.of(more));
		return this.jdbc.query(
				COLUMNS.formatted(data) + KEYS + (oneByOne ? JOIN_ONE_BY_ONE : JOIN) + OutboxBlocks.JOIN + which,
				(row, number) -> this.rows.entry(row), parameters.toArray());
	}

	private static SqlArrayValue keys(Collection<byte[]> keys) {
		return new SqlArrayValue("bytea", (Object[]) keys.toArray(byte[][]::new));
	}

}
