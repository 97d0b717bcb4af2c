package dev.busbar.outbox.result;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.outbox.result.Outbox.Result;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Makes rows of results, and entries of rows.
 */
final class OutboxRows {

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	/** The types of the columns. */
	private static final List<String> ARRAYS = List.of("varchar", "bytea", "varchar", "bytea", "bytea", "bytea");

	private final CloudEvents codec;

	OutboxRows(CloudEvents codec) {
		this.codec = codec;
	}

	/**
	 * The values of results, each in the order of {@link #ARRAYS}.
	 */
	List<@Nullable Object[]> of(List<Result> results) {
		List<@Nullable Object[]> rows = new ArrayList<>(results.size());
		Event<?> cause = null;
		byte[] key = {};
		for (Result result : results) {
			// A handler of lists has one cause for all of its results.
			if (!result.cause().equals(cause)) {
				cause = result.cause();
				key = EventKeys.of(result.group(), cause.source(), cause.id());
			}
			rows.add(row(result, key));
		}
		return rows;
	}

	private @Nullable Object[] row(Result result, byte[] causeKey) {
		Event<?> cause = result.cause();
		byte[] data = result.event().data();
		boolean large = data != null && data.length > LARGE;
		return new @Nullable Object[] { EventKeys.storable(result.group()), causeKey, EventKeys.storable(cause.id()),
				this.codec.encode(envelope(result.event())), large ? null : data, large ? data : null };
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private static Event<byte @Nullable []> envelope(Event<byte @Nullable []> event) {
		return event.withData(null);
	}

	/** The same by columns, for PostgreSQL. */
	static @Nullable Object[] columns(List<@Nullable Object[]> rows) {
		@Nullable Object[] columns = new Object[ARRAYS.size()];
		for (int i = 0; i < columns.length; i++) {
			int column = i;
			String type = ARRAYS.get(i);
			// PostgreSQL's driver takes bytes in an array of their type only, and
			// sends strings in an array of objects as one text.
			columns[i] = new SqlArrayValue(type,
					(Object[]) rows.stream()
						.map((row) -> row[column])
						.toArray(type.equals("bytea") ? byte[][]::new : String[]::new));
		}
		return columns;
	}

	/** Reads a row with its block. */
	OutboxEntry entry(ResultSet row) throws SQLException {
		byte[] large = row.getBytes("large_data");
		byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
		return new OutboxEntry(row.getLong("number"), this.codec.decode(row.getBytes("envelope")).withData(data),
				published(row));
	}

	/** When the later of both was marked, the result or its block. */
	private static @Nullable Instant published(ResultSet row) throws SQLException {
		OffsetDateTime own = row.getObject("published", OffsetDateTime.class);
		if (own == null || row.getObject("block") == null) {
			return (own != null) ? own.toInstant() : null;
		}
		OffsetDateTime block = row.getObject("block_published", OffsetDateTime.class);
		return (block == null) ? null : block.isAfter(own) ? block.toInstant() : own.toInstant();
	}

}
