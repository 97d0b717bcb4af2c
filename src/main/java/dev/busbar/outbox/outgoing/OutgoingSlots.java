package dev.busbar.outbox.outgoing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.bus.Backlog;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The slots of one application in {@code busbar_outgoing_slot}. Whoever publishes rows
 * holds the locks of their slots until what became of them is committed: so no two relays
 * have events of one key in hand. Rows of types that this instance does not know are left
 * to one that does.
 */
public final class OutgoingSlots {

	private static final String INSERT = """
			insert into busbar_outgoing_slot (application, slot)
			select cast(? as varchar), s from unnest(cast(? as integer array)) as u(s)
			where not exists (select 1 from busbar_outgoing_slot where application = ?)
			""";

	private static final String DUE = """
			select s.slot from busbar_outgoing_slot s where s.application = ? and s.slot = any(?)
				and exists (select 1 from busbar_outgoing o where o.application = s.application and o.slot = s.slot
					and o.due <= ? and o.type = any(?)""";

	// Half as dear to plan as the question which slots they are.
	private static final String ANY = """
			select 1 from busbar_outgoing where application = ? and slot = any(?) and due <= ? and type = any(?)
				and kind = 'EVENT' limit 1
			""";

	private static final String LOCK = """
			select slot from busbar_outgoing_slot where application = ? and slot = any(?) order by slot
			for update skip locked
			""";

	private static final String SIZES = """
			select number, coalesce(octet_length(data), 0) + coalesce(octet_length(large_data), 0) as bytes
			from busbar_outgoing where application = ? and slot = ? and due <= ? and type = any(?)
			order by application, slot, due, number limit ?
			""";

	private static final String ROWS = """
			select number, application, kind, token, due, envelope, data, large_data from busbar_outgoing
			where number = any(?) and due <= ? order by slot, due, number
			""";

	private static final String RESEND = "update busbar_outgoing set due = ? where number = ? and due = ?";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final OutgoingRows rows;

	private final NothingStored nothing;

	private final String application;

	private final String[] types;

	/**
	 * Creates the slots of an application.
	 * @param dataSource the application's database
	 * @param rows reads rows
	 * @param application the consumer group
	 * @param types the names of the types that this instance knows
	 */
	public OutgoingSlots(DataSource dataSource, OutgoingRows rows, String application, Collection<String> types) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.rows = rows;
		this.application = EventKeys.storable(application);
		this.nothing = new NothingStored(this.jdbc, this.application, System::nanoTime);
		this.types = types.toArray(String[]::new);
	}

	/** Lays the slots' rows, if no instance has done so before. */
	public void lay() {
		try {
			this.jdbc.update(INSERT, this.application, integers(all()), this.application);
		}
		catch (DuplicateKeyException ex) {
			// Another instance was the first.
		}
	}

	/** All slots. */
	static Set<Integer> all() {
		Set<Integer> all = new HashSet<>();
		for (int slot = 0; slot < Backlog.SLOTS; slot++) {
			all.add(slot);
		}
		return all;
	}

	/** The slots, of those given, in which an event for everyone is due. */
	Set<Integer> waiting(Set<Integer> slots, Instant now) {
		// Asked at each publishing, and mostly all there is to ask.
		if (this.nothing.holds()) {
			return Set.of();
		}
		boolean any = !this.planned
			.queryForList(ANY, Integer.class, this.application, integers(slots), OutgoingRows.time(now), texts())
			.isEmpty();
		return any ? due(DUE + " and o.kind = 'EVENT')", slots, now) : Set.of();
	}

	/** The slots in which anything is due. */
	Set<Integer> due(Instant now) {
		return due(DUE + ")", all(), now);
	}

	private Set<Integer> due(String query, Set<Integer> slots, Instant now) {
		return new HashSet<>(this.planned.queryForList(query, Integer.class, this.application, integers(slots),
				OutgoingRows.time(now), texts()));
	}

	/**
	 * Locks slots for the running transaction.
	 * @param slots the slots wanted
	 * @return those that no other transaction holds
	 */
	List<Integer> lock(Collection<Integer> slots) {
		return this.planned.queryForList(LOCK, Integer.class, this.application, integers(slots));
	}

	/**
	 * The first due rows of a locked slot: by their time, and those of one time by their
	 * numbers.
	 * @param slot the slot
	 * @param now what is due by now
	 * @param limit how many at most
	 * @param bytes how large together at most, but for the first one
	 * @return their numbers
	 */
	Numbers numbers(int slot, Instant now, int limit, long bytes) {
		List<Long> numbers = new ArrayList<>();
		long[] total = new long[1];
		boolean[] full = new boolean[1];
		this.planned.query(SIZES, (row) -> {
			long weight = OutgoingRow.weight(row.getLong("bytes"));
			full[0] |= !numbers.isEmpty() && total[0] + weight > bytes;
			if (!full[0]) {
				total[0] += weight;
				numbers.add(row.getLong("number"));
			}
		}, this.application, slot, OutgoingRows.time(now), texts(), limit);
		return new Numbers(numbers, total[0]);
	}

	/**
	 * Reads rows, each slot's in its order, but for those that a handler has delayed or
	 * parked since their numbers were found.
	 */
	List<OutgoingRow> read(List<Long> numbers, Instant now) {
		return this.planned.query(ROWS, (row, index) -> row(row), new SqlArrayValue("int8", numbers.toArray()),
				OutgoingRows.time(now));
	}

	private OutgoingRow row(ResultSet row) throws SQLException {
		boolean event = OutgoingRows.EVENT.equals(row.getString("kind"));
		return new OutgoingRow(row.getLong("number"), event ? null : row.getString("application"),
				row.getObject("token", UUID.class), row.getObject("due", OffsetDateTime.class), this.rows.event(row));
	}

	/**
	 * Deletes what is published, and has redeliveries sent again after a while; but for
	 * those whose handler was faster and has delayed or parked them again meanwhile.
	 */
	void done(List<OutgoingRow> published, Instant now, Duration resendAfter) {
		this.rows.delete(published.stream().filter((row) -> !row.isRedelivery()).map(OutgoingRow::number).toList());
		OffsetDateTime again = OutgoingRows.time(now.plus(resendAfter));
		List<Object[]> resent = published.stream()
			.filter(OutgoingRow::isRedelivery)
			.map((row) -> new Object[] { again, row.number(), row.due() })
			.toList();
		if (!resent.isEmpty()) {
			this.jdbc.batchUpdate(RESEND, resent);
		}
	}

	private SqlArrayValue texts() {
		return new SqlArrayValue("varchar", (Object[]) this.types);
	}

	private static SqlArrayValue integers(Collection<Integer> slots) {
		return new SqlArrayValue("int4", (Object[]) slots.toArray(Integer[]::new));
	}

	/**
	 * Numbers of rows.
	 *
	 * @param numbers the numbers in their order
	 * @param bytes how large the rows are together
	 */
	record Numbers(List<Long> numbers, long bytes) {

	}

}
