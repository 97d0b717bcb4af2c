package dev.busbar.egress.subscription;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

import dev.busbar.egress.subscription.Subscription.Format;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Subscriptions in {@code busbar_subscription}. Methods that write join the running
 * transaction.
 */
final class JdbcSubscriptions {

	private static final Logger logger = LoggerFactory.getLogger(JdbcSubscriptions.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String INSERT = """
			insert into busbar_subscription (url, types, filter, format, headers, rate, max_in_flight, changed, secret,
				previous_secret, previous_until, created, application, name)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String UPDATE = """
			update busbar_subscription set url = ?, types = ?, filter = ?, format = ?, headers = ?, rate = ?,
				max_in_flight = ?, changed = ? where application = ? and name = ?
			""";

	private final JdbcTemplate jdbc;

	private final String application;

	private final SecretBox box;

	private volatile boolean unreadable;

	JdbcSubscriptions(DataSource dataSource, String application, SecretBox box) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = application;
		this.box = box;
	}

	List<Stored> all() {
		return this.jdbc.query("select * from busbar_subscription where application = ? order by name",
				(row, number) -> stored(row), this.application);
	}

	Optional<Stored> find(String name, boolean lock) {
		return this.jdbc
			.query("select * from busbar_subscription where application = ? and name = ?" + (lock ? " for update" : ""),
					(row, number) -> stored(row), this.application, name)
			.stream()
			.findFirst();
	}

	/**
	 * Keeps a new subscription.
	 * @throws org.springframework.dao.DuplicateKeyException if there is one of this name
	 */
	void add(Subscription subscription, SigningSecrets secrets, Instant now) {
		this.jdbc.update(INSERT, subscription.url().toString(), JSON.writeValueAsString(subscription.types()),
				subscription.filter(), subscription.format().text(), headers(subscription), subscription.rate(),
				subscription.maxInFlight(), time(now), close(secrets.current(), subscription.name()),
				closeOrNull(secrets.previous(), subscription.name()), time(secrets.previousUntil()), time(now),
				this.application, subscription.name());
	}

	void change(Subscription subscription, Instant now) {
		this.jdbc.update(UPDATE, subscription.url().toString(), JSON.writeValueAsString(subscription.types()),
				subscription.filter(), subscription.format().text(), headers(subscription), subscription.rate(),
				subscription.maxInFlight(), time(now), this.application, subscription.name());
	}

	void secrets(String name, SigningSecrets secrets, Instant now) {
		this.jdbc.update("""
				update busbar_subscription set secret = ?, previous_secret = ?, previous_until = ?, changed = ?
				where application = ? and name = ?
				""", close(secrets.current(), name), closeOrNull(secrets.previous(), name),
				time(secrets.previousUntil()), time(now), this.application, name);
	}

	boolean remove(String name) {
		return this.jdbc.update("delete from busbar_subscription where application = ? and name = ?", this.application,
				name) > 0;
	}

	private String headers(Subscription subscription) {
		return close(JSON.writeValueAsString(subscription.headers()), subscription.name());
	}

	private String close(String text, String name) {
		return this.box.close(text, this.application + "/" + name);
	}

	private @Nullable String closeOrNull(@Nullable String text, String name) {
		return (text != null) ? close(text, name) : null;
	}

	private Stored stored(ResultSet row) throws SQLException {
		String name = row.getString("name");
		String place = this.application + "/" + name;
		Map<String, String> headers = Map.of();
		SigningSecrets secrets = null;
		try {
			String previous = row.getString("previous_secret");
			headers = JSON.readValue(this.box.open(row.getString("headers"), place), new TypeReference<>() {
			});
			secrets = new SigningSecrets(this.box.open(row.getString("secret"), place),
					(previous != null) ? this.box.open(previous, place) : null, instant(row, "previous_until"));
		}
		catch (IllegalStateException ex) {
			if (!this.unreadable) {
				this.unreadable = true;
				logger.error("Subscription {} gets nothing: {}", name, ex.getMessage());
			}
		}
		List<String> types = JSON.readValue(row.getString("types"), new TypeReference<>() {
		});
		return new Stored(
				new Subscription(name, URI.create(row.getString("url")), types, row.getString("filter"),
						Format.of(row.getString("format")), headers, row.getObject("rate", Integer.class),
						row.getInt("max_in_flight"), true, false, instant(row, "created"), instant(row, "changed")),
				secrets);
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? instant.atOffset(ZoneOffset.UTC) : null;
	}

	/** A subscription and its secrets, null if they cannot be read. */
	record Stored(Subscription subscription, @Nullable SigningSecrets secrets) {

	}

}
