package dev.busbar.store.inbox;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How long handlers took, in {@code busbar_handling}: a row for each handling.
 */
public final class HandlingTimes {

	/** Takes what {@link #values} gives. */
	public static final String INSERT = "insert into busbar_handling (number, micros, finished) values (?, ?, ?)";

	private final JdbcTemplate jdbc;

	/**
	 * Creates access to the rows.
	 * @param dataSource the application's database
	 */
	public HandlingTimes(DataSource dataSource) {
		this.jdbc = new JdbcTemplate(dataSource);
	}

	/**
	 * The parameters of the insert.
	 * @param handling the number of the handling
	 * @param micros the durations in microseconds
	 * @param now the time
	 * @return three values
	 */
	public static Object[] values(long handling, List<Long> micros, OffsetDateTime now) {
		return new Object[] { handling, micros.stream().map(Object::toString).collect(Collectors.joining(",")), now };
	}

	/** Adds a row with the running transaction; none if there are no durations. */
	public void add(long handling, List<Long> micros, OffsetDateTime now) {
		if (!micros.isEmpty()) {
			this.jdbc.update(INSERT, values(handling, micros, now));
		}
	}

}
