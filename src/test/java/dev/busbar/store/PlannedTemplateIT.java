package dev.busbar.store;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What PostgreSQL keeps a plan for.
 */
class PlannedTemplateIT {

	@Test
	void aStatementIsPlannedEachTime() {
		Database database = PostgresqlServer.shared().createDatabase();
		SingleConnectionDataSource connection = new SingleConnectionDataSource(database.url(), true);
		try (database; connection) {
			JdbcTemplate usual = new JdbcTemplate(connection);
			JdbcTemplate planned = new PlannedTemplate(connection);
			for (int i = 0; i < 20; i++) {
				usual.queryForObject("select cast(? as integer) as usual", Integer.class, i);
				assertThat(planned.queryForObject("select cast(? as integer) as planned", Integer.class, i))
					.isEqualTo(i);
			}
			assertThat(usual.queryForList("select statement from pg_prepared_statements", String.class))
				.anyMatch((statement) -> statement.contains("as usual"))
				.noneMatch((statement) -> statement.contains("planned"));
		}
	}

}
