package dev.busbar.egress.delivery;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.busbar.egress.webhook.Attempt;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.PlannedTemplate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The deliveries that an instance attempts: claimed, with what is sent, and given up
 * again with how the attempt has ended. All methods that write join the running
 * transaction. A claim is a row of {@code busbar_delivery} whose {@code due} is the time
 * at which another one may claim it, so that a crash loses nothing.
 */
public final class DeliveryClaims {

	private static final String READY = """
			select s.name from unnest(?) as s (name) where exists (select 1 from busbar_delivery d
				where d.application = ? and d.subscription = s.name and d.due <= ?)
			""";

	private static final String LOCK = """
			select number, event, attempts, tries, size from busbar_delivery
			where application = ? and subscription = ? and due <= ? order by due, number limit ? for update skip locked
			""";

	private static final String CLAIM = "update busbar_delivery set claim = ?, due = ? where number = any(?)";

	private static final String EVENTS = """
			select number, message, envelope, data, large_data from busbar_delivery_event where number = any(?)
			""";

	private static final String END = """
			update busbar_delivery set state = ?, attempts = ?, tries = ?, due = ?, ended = ?, claim = null
			where number = ? and claim = ? and state = 'PENDING'
			""";

	// One whose subscription has ended it meanwhile stays ended, but for a success.
	private static final String END_LATE = """
			update busbar_delivery set state = case when ? = 'DELIVERED' then 'DELIVERED' else state end,
				attempts = ?, tries = ?,
				ended = case when ? = 'DELIVERED' then cast(? as timestamp with time zone) else ended end,
				claim = null
			where number = ? and claim = ?
			""";

	private static final String RELEASE = """
			update busbar_delivery set due = ?, claim = null where number = ? and claim = ? and state = 'PENDING'
			""";

	private static final String ADD_ATTEMPT = """
			insert into busbar_delivery_attempt (delivery, attempt, started, millis, status, failure, answer)
			values (?, ?, ?, ?, ?, ?, ?)
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	private final String application;

	/**
	 * Creates a store.
	 * @param dataSource the application's database
	 * @param application the application's name
	 */
	public DeliveryClaims(DataSource dataSource, String application) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.application = application;
	}

	/**
	 * Those of some subscriptions that have a delivery that is due.
	 * @param subscriptions their names
	 * @param now the time
	 */
	public List<String> ready(Collection<String> subscriptions, Instant now) {
		return subscriptions.isEmpty() ? List.of() : this.planned.queryForList(READY, String.class,
				new SqlArrayValue("varchar", subscriptions.toArray()), this.application, time(now));
	}

	/**
	 * Claims deliveries that are due.
	 * @param subscription the name of the subscription
	 * @param limit how many at most
	 * @param bytes how many bytes of data at most, but for one delivery
	 * @param now the time
	 * @param until when another one may claim them
	 * @return the deliveries, the one that is due first at first
	 */
	public List<Claim> claim(String subscription, int limit, long bytes, Instant now, Instant until) {
		UUID token = UUID.randomUUID();
		List<Claim> locked = this.planned.query(LOCK,
				(row, number) -> new Claim(row.getLong("number"), row.getLong("event"), subscription, token,
						row.getInt("attempts"), row.getInt("tries"), row.getInt("size")),
				this.application, subscription, time(now), limit);
		List<Claim> claims = new ArrayList<>();
		long total = 0;
		for (Claim claim : locked) {
			total += claim.size();
			// H2 locks, and gives, more rows than it was asked for.
			if (claims.size() == limit || (!claims.isEmpty() && total > bytes)) {
				break;
			}
			claims.add(claim);
		}
		if (!claims.isEmpty()) {
			this.planned.update(CLAIM, token, time(until), numbers(claims.stream().map(Claim::number).toList()));
		}
		return claims;
	}

	/**
	 * The events of claims, by their numbers.
	 * @param claims the claims
	 */
	public Map<Long, Message> events(Collection<Claim> claims) {
		Map<Long, Message> events = new HashMap<>();
		if (!claims.isEmpty()) {
			this.planned.query(EVENTS, (row) -> {
				byte[] large = row.getBytes("large_data");
				byte @Nullable [] data = (large != null) ? large : row.getBytes("data");
				events.put(row.getLong("number"), new Message(row.getString("message"),
						this.codec.decode(row.getBytes("envelope")).withData(data)));
			}, numbers(claims.stream().map(Claim::event).distinct().toList()));
		}
		return events;
	}

	/**
	 * Keeps how attempts have ended, as far as their claims still hold. A delivery that
	 * was ended during its attempt is not attempted again; if it was delivered, it counts
	 * as that.
	 * @param ends how
	 * @return those whose deliveries waited for it, and so tell of their endpoints; not
	 * those that were ended meanwhile, whose endpoint may be another one by now
	 */
	public List<End> end(List<End> ends) {
		List<End> others = new ArrayList<>();
		List<End> waited = changed(ends, others, END,
				(end) -> new @Nullable Object[] { end.state().name(), end.claim().attempts() + 1,
						end.claim().tries() + 1, time(end.due()), time(end.ended()), end.claim().number(),
						end.claim().token() });
		List<End> kept = new ArrayList<>(waited);
		kept.addAll(changed(others, new ArrayList<>(), END_LATE,
				(end) -> new @Nullable Object[] { end.state().name(), end.claim().attempts() + 1,
						end.claim().tries() + 1, end.state().name(), time(end.ended()), end.claim().number(),
						end.claim().token() }));
		this.jdbc.batchUpdate(ADD_ATTEMPT,
				kept.stream()
					.map((end) -> new @Nullable Object[] { end.claim().number(), end.claim().attempts() + 1,
							time(end.attempt().started()), end.attempt().millis(), end.attempt().status(),
							end.attempt().failure(), end.attempt().answer() })
					.toList());
		return waited;
	}

	private List<End> changed(List<End> ends, List<End> others, String sql, Function<End, @Nullable Object[]> row) {
		if (ends.isEmpty()) {
			return List.of();
		}
		int[] counts = this.jdbc.batchUpdate(sql, ends.stream().map(row).toList());
		List<End> changed = new ArrayList<>();
		for (int i = 0; i < counts.length; i++) {
			((counts[i] != 0) ? changed : others).add(ends.get(i));
		}
		return changed;
	}

	/**
	 * Gives claims back, as if they had never been.
	 * @param claims the claims
	 * @param now the time
	 */
	public void release(List<Claim> claims, Instant now) {
		this.jdbc.batchUpdate(RELEASE,
				claims.stream().map((claim) -> new Object[] { offset(now), claim.number(), claim.token() }).toList());
	}

	private static SqlArrayValue numbers(List<Long> numbers) {
		return new SqlArrayValue("int8", numbers.toArray());
	}

	private static OffsetDateTime offset(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? offset(instant) : null;
	}

	/**
	 * A webhook without its signature.
	 *
	 * @param id its id
	 * @param event the event
	 */
	public record Message(String id, Event<byte @Nullable []> event) {

	}

	/**
	 * A delivery that this instance attempts.
	 *
	 * @param number its number
	 * @param event the number of its event
	 * @param subscription the name of the subscription
	 * @param token what proves the claim
	 * @param attempts how many attempts were made in all
	 * @param tries how many attempts were made in this round
	 * @param size the bytes of the event's data
	 */
	public record Claim(long number, long event, String subscription, UUID token, int attempts, int tries, int size) {

	}

	/**
	 * What becomes of a delivery after an attempt.
	 *
	 * @param claim the delivery
	 * @param attempt the attempt
	 * @param state its state
	 * @param due when the next attempt is due, null for none
	 * @param ended when it ended, null if it has not
	 */
	public record End(Claim claim, Attempt attempt, Delivery.State state, @Nullable Instant due,
			@Nullable Instant ended) {

	}

}
