package dev.busbar.egress.endpoint;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import dev.busbar.egress.endpoint.Endpoint.Cause;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The endpoints of an application in {@code busbar_endpoint}. Methods that write join the
 * running transaction.
 */
public final class Endpoints {

	private final JdbcTemplate jdbc;

	private final String application;

	/**
	 * Creates a store.
	 * @param dataSource the application's database
	 * @param application the application's name
	 */
	public Endpoints(DataSource dataSource, String application) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = application;
	}

	/** All endpoints. */
	public List<Endpoint> all() {
		return this.jdbc.query("select * from busbar_endpoint where application = ?", (row, number) -> endpoint(row),
				this.application);
	}

	/**
	 * One endpoint.
	 * @param subscription the subscription's name
	 * @param lock whether to lock its row
	 */
	public Optional<Endpoint> find(String subscription, boolean lock) {
		return this.jdbc
			.query("select * from busbar_endpoint where application = ? and subscription = ?"
					+ (lock ? " for update" : ""), (row, number) -> endpoint(row), this.application, subscription)
			.stream()
			.findFirst();
	}

	/**
	 * Makes sure that there is a row for an endpoint. Under another URL it begins anew,
	 * unless a person has disabled it.
	 * @param subscription the subscription's name
	 * @param url its URL
	 */
	public void lay(String subscription, String url) {
		this.jdbc.update("""
				update busbar_endpoint set url = ?, failing_since = null, failures = 0, warned = 0, opened = 0,
					retry_at = null, disabled = case when disabled = 'PERSON' then disabled end,
					disabled_at = case when disabled = 'PERSON' then disabled_at end
				where application = ? and subscription = ? and url <> ?
				""", url, this.application, subscription, url);
		this.jdbc.update("""
				insert into busbar_endpoint (application, subscription, url, failures, warned, opened)
				select cast(? as varchar), cast(? as varchar), cast(? as varchar), 0, 0, 0
				where not exists (select 1 from busbar_endpoint where application = ? and subscription = ?)
				""", this.application, subscription, url, this.application, subscription);
	}

	/** Forgets an endpoint. */
	public void remove(String subscription) {
		this.jdbc.update("delete from busbar_endpoint where application = ? and subscription = ?", this.application,
				subscription);
	}

	/** Keeps what has become of an endpoint. */
	public void write(Endpoint endpoint) {
		this.jdbc.update("""
				update busbar_endpoint set disabled = ?, disabled_at = ?, failing_since = ?, failures = ?, warned = ?,
					opened = ?, retry_at = ?
				where application = ? and subscription = ?
				""", (endpoint.disabled() != null) ? endpoint.disabled().name() : null, time(endpoint.disabledAt()),
				time(endpoint.failingSince()), endpoint.failures(), endpoint.warned(), endpoint.opened(),
				time(endpoint.retryAt()), this.application, endpoint.subscription());
	}

	/**
	 * Takes the right to probe an endpoint, which one instance at a time has.
	 * @param subscription the subscription's name
	 * @param now the time
	 * @param until when another one may probe
	 * @return whether this caller may
	 */
	public boolean probe(String subscription, Instant now, Instant until) {
		return this.jdbc.update("""
				update busbar_endpoint set retry_at = ?
				where application = ? and subscription = ? and disabled is null and retry_at <= ?
				""", time(until), this.application, subscription, time(now)) > 0;
	}

	/**
	 * Takes a part of an endpoint's rate, which all instances share. A second's worth may
	 * be taken at once.
	 * @param subscription the subscription's name
	 * @param rate how many attempts per second
	 * @param wanted how many attempts are wanted
	 * @param now the time
	 * @return how many may be made
	 */
	public int pace(String subscription, int rate, int wanted, Instant now) {
		List<Optional<Instant>> rows = this.jdbc.query(
				"select paced_until from busbar_endpoint where application = ? and subscription = ? for update",
				(row, number) -> Optional.ofNullable(instant(row, "paced_until")), this.application, subscription);
		if (rows.isEmpty()) {
			return 0;
		}
		Instant paced = rows.get(0).filter((until) -> until.isAfter(now)).orElse(now);
		long nanos = Duration.ofSeconds(1).toNanos() / rate;
		long free = (Duration.ofSeconds(1).toNanos() - Duration.between(now, paced).toNanos()) / nanos;
		return (int) Math.max(0, Math.min(wanted, free));
	}

	/**
	 * Tells how many attempts were made of those that {@link #pace} allowed, in the same
	 * transaction.
	 */
	public void paced(String subscription, int rate, int made, Instant now) {
		Instant before = this.jdbc
			.query("select paced_until from busbar_endpoint where application = ? and subscription = ?",
					(row, number) -> Optional.ofNullable(instant(row, "paced_until")), this.application, subscription)
			.stream()
			.flatMap(Optional::stream)
			.filter((until) -> until.isAfter(now))
			.findFirst()
			.orElse(now);
		this.jdbc.update("update busbar_endpoint set paced_until = ? where application = ? and subscription = ?",
				time(before.plusNanos(Duration.ofSeconds(1).toNanos() / rate * made)), this.application, subscription);
	}

	private static Endpoint endpoint(ResultSet row) throws SQLException {
		String disabled = row.getString("disabled");
		return new Endpoint(row.getString("subscription"), (disabled != null) ? Cause.valueOf(disabled) : null,
				instant(row, "disabled_at"), instant(row, "failing_since"), row.getInt("failures"),
				row.getInt("warned"), row.getInt("opened"), instant(row, "retry_at"));
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? instant.atOffset(ZoneOffset.UTC) : null;
	}

}
