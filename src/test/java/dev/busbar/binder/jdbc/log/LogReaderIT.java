package dev.busbar.binder.jdbc.log;

import java.util.List;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How PostgreSQL reads the log.
 */
class LogReaderIT {

	@Test
	void noPlanOfAnEmptyLogIsKept() {
		Database database = PostgresqlServer.shared().createDatabase();
		SingleConnectionDataSource connection = new SingleConnectionDataSource(database.url(), true);
		try (database; connection) {
			JdbcTemplate jdbc = new JdbcTemplate(connection);
			jdbc.execute("create table busbar_log_record (id bigint primary key, headers bytea, payload bytea)");
			LogReader reader = new LogReader(jdbc, LogDialect.POSTGRESQL);
			for (int i = 0; i < 20; i++) {
				assertThat(reader.read(1, 0, 200, 1_000_000)).isEmpty();
				jdbc.queryForObject("select cast(? as integer) as other", Integer.class, i);
			}
			List<String> kept = jdbc.queryForList("select statement from pg_prepared_statements", String.class);
			assertThat(kept).anyMatch((statement) -> statement.contains("as other"))
				.noneMatch((statement) -> statement.contains("busbar_log_record"));
		}
	}

}
