package dev.busbar.egress.delivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

import dev.busbar.egress.delivery.Delivery.State;
import dev.busbar.egress.webhook.Attempt;
import dev.busbar.event.CloudEvents;
import dev.busbar.store.DeliveryTrail;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The deliveries of an application as people see them, and what they do with those that
 * are dead letters. Safe for use by several threads.
 */
public final class DeliveryArchive implements DeliveryTrail {

	private static final String SELECT = """
			select d.number, d.subscription, e.message, e.source, e.event_id, d.type, d.state, d.attempts, d.created,
				d.due, d.ended
			from busbar_delivery d join busbar_delivery_event e on e.number = d.event where d.application = ?
			""";

	private static final String TRAIL = """
			select d.number, d.subscription, d.type, d.state, d.attempts, d.created, d.due, d.ended, e.envelope
			from busbar_delivery_event e join busbar_delivery d on d.event = e.number
			where e.event_key = ? and d.application = ? order by d.number limit ?
			""";

	// Attempts are numbered from 1 on.
	private static final String TRIED = """
			select a.delivery, a.started, a.millis, a.status, a.failure
			from busbar_delivery_attempt a join busbar_delivery d on d.number = a.delivery
			where a.delivery = any(?) and a.attempt > d.attempts - ? order by a.delivery, a.attempt desc
			""";

	/** As many attempts of a delivery are on an event's way. */
	private static final int TRAIL_ATTEMPTS = 20;

	private static final String RETRY = """
			update busbar_delivery set state = 'PENDING', due = ?, claim = null, ended = null, tries = 0
			where state = 'DEAD' and application = ? and number = ?
			""";

	private static final int CHUNK = 1000;

	private final CloudEvents codec = new CloudEvents(JsonMapper.shared());

	private final JdbcTemplate jdbc;

	private final String application;

	private final DispatchSignal signal;

	private final TransactionOperations transaction;

	private final Clock clock;

	/**
	 * Creates an archive.
	 * @param dataSource the application's database
	 * @param application the application's name
	 * @param signal wakes the dispatcher
	 * @param transaction the application's transactions
	 * @param clock tells the time
	 */
	public DeliveryArchive(DataSource dataSource, String application, DispatchSignal signal,
			TransactionOperations transaction, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = application;
		this.signal = signal;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Lists deliveries.
	 * @param filter which ones
	 * @param before only those with lower numbers, null for all
	 * @param limit how many at most
	 * @return the newest first
	 */
	public List<Delivery> list(DeliveryFilter filter, @Nullable Long before, int limit) {
		List<Object> parameters = new ArrayList<>(List.of(this.application));
		String where = filter.where(parameters);
		if (before != null) {
			where += " and d.number < ?";
			parameters.add(before);
		}
		parameters.add(limit);
		return this.jdbc.query(SELECT + where + " order by d.number desc limit ?", (row, number) -> delivery(row),
				parameters.toArray());
	}

	/** One delivery. */
	public Optional<Delivery> find(long number) {
		return this.jdbc.query(SELECT + " and d.number = ?", (row, index) -> delivery(row), this.application, number)
			.stream()
			.findFirst();
	}

	/**
	 * The attempts of a delivery.
	 * @param number its number
	 * @param limit how many at most
	 * @return the newest first
	 */
	public List<Attempt> attempts(long number, int limit) {
		return this.jdbc.query("select * from busbar_delivery_attempt where delivery = ? order by attempt desc limit ?",
				(row, index) -> new Attempt(time(row, "started"), row.getInt("millis"),
						row.getObject("status", Integer.class), row.getString("failure"), row.getString("answer"),
						null),
				number, limit);
	}

	/**
	 * Attempts a dead letter again, from the beginning of the schedule, under the same
	 * webhook id.
	 * @param delivery the delivery
	 * @return whether it was one
	 */
	public boolean retry(Delivery delivery) {
		boolean found = this.jdbc.update(RETRY, now(), this.application, delivery.number()) > 0;
		this.signal.wakeAfterCommit(List.of(delivery.subscription()));
		return found;
	}

	/**
	 * Attempts dead letters again, the oldest first.
	 * @param filter which ones, whatever its states are
	 * @param subscriptions the subscriptions that get deliveries at present
	 * @param limit how many at most
	 * @return how many they were
	 */
	public int retryAll(DeliveryFilter filter, List<String> subscriptions, int limit) {
		int retried = 0;
		int chunk = CHUNK;
		while (chunk == CHUNK && retried < limit) {
			List<Long> numbers = dead(filter, subscriptions, Math.min(CHUNK, limit - retried));
			chunk = numbers.size();
			OffsetDateTime now = now();
			this.transaction.executeWithoutResult((status) -> this.jdbc.batchUpdate(RETRY,
					numbers.stream().map((number) -> new Object[] { now, this.application, number }).toList()));
			retried += chunk;
		}
		this.signal.wakeAfterCommit(subscriptions);
		return retried;
	}

	/** How many dead letters {@link #retryAll} would take. */
	public long count(DeliveryFilter filter, List<String> subscriptions) {
		List<Object> parameters = new ArrayList<>(List.of(this.application));
		String where = filter.dead(subscriptions).where(parameters);
		Long count = this.jdbc
			.queryForObject("select count(*) from busbar_delivery d join busbar_delivery_event e on e.number = d.event"
					+ " where d.application = ?" + where, Long.class, parameters.toArray());
		return (count != null) ? count : 0;
	}

	private List<Long> dead(DeliveryFilter filter, List<String> subscriptions, int limit) {
		List<Object> parameters = new ArrayList<>(List.of(this.application));
		String where = filter.dead(subscriptions).where(parameters);
		parameters.add(limit);
		return this.jdbc.queryForList(
				"select d.number from busbar_delivery d join busbar_delivery_event e on e.number = d.event"
						+ " where d.application = ?" + where + " order by d.number limit ?",
				Long.class, parameters.toArray());
	}

	@Override
	public List<Entry> find(String eventId, String source, int limit) {
		List<Entry> found = this.jdbc.query(TRAIL,
				(row, number) -> new Entry(row.getLong("number"), row.getString("subscription"), row.getString("type"),
						row.getString("state").toLowerCase(Locale.ROOT), row.getInt("attempts"), time(row, "created"),
						timeOrNull(row, "due"), timeOrNull(row, "ended"), null,
						this.codec.decode(row.getBytes("envelope")).causationId(), List.of()),
				EventKeys.of(this.application, source, eventId), this.application, limit);
		Map<Long, List<Try>> tried = tried(found.stream().map(Entry::id).toList());
		return found.stream().map((entry) -> {
			List<Try> last = tried.getOrDefault(entry.id(), List.of());
			return new Entry(entry.id(), entry.subscription(), entry.type(), entry.state(), entry.attempts(),
					entry.created(), entry.due(), entry.ended(), last.isEmpty() ? null : last.get(0).status(),
					entry.cause(), last);
		}).toList();
	}

	private Map<Long, List<Try>> tried(List<Long> deliveries) {
		Map<Long, List<Try>> tried = new HashMap<>();
		if (!deliveries.isEmpty()) {
			this.jdbc.query(TRIED, (row) -> {
				tried.computeIfAbsent(row.getLong("delivery"), (number) -> new ArrayList<>())
					.add(new Try(time(row, "started"), row.getInt("millis"), row.getObject("status", Integer.class),
							row.getString("failure")));
			}, new SqlArrayValue("int8", deliveries.toArray()), TRAIL_ATTEMPTS);
		}
		return tried;
	}

	@Override
	public List<String> sources(String eventId, int limit) {
		return this.jdbc.queryForList("""
				select distinct source from busbar_delivery_event where event_key between ? and ? and event_id = ?
				limit ?
				""", String.class, EventKeys.lowest(eventId), EventKeys.highest(eventId), EventKeys.storable(eventId),
				limit);
	}

	private static Delivery delivery(ResultSet row) throws SQLException {
		return new Delivery(row.getLong("number"), row.getString("subscription"), row.getString("message"),
				row.getString("source"), row.getString("event_id"), row.getString("type"),
				State.valueOf(row.getString("state")), row.getInt("attempts"), time(row, "created"),
				timeOrNull(row, "due"), timeOrNull(row, "ended"));
	}

	private static Instant time(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	private OffsetDateTime now() {
		return this.clock.instant().atOffset(ZoneOffset.UTC);
	}

}
