package dev.busbar.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresqlCompression}, on a server that has lz4.
 */
class PostgresqlCompressionIT {

	private final Database database = PostgresqlServer.shared().createDatabase();

	private final SingleConnectionDataSource connection = new SingleConnectionDataSource(this.database.url(), true);

	private final JdbcTemplate jdbc = new JdbcTemplate(this.connection);

	@BeforeEach
	void create() {
		this.jdbc.execute("create table others (data bytea)");
		new StoreSchema(this.connection).afterPropertiesSet();
	}

	@AfterEach
	void close() {
		this.connection.close();
		this.database.close();
	}

	@Test
	void whatIsKeptOfEventsIsCompressedByLz4() {
		assertThat(columns("l")).contains("busbar_outbox.data", "busbar_outbox.large_data", "busbar_outgoing.data",
				"busbar_dead_letter.payload");
		assertThat(columns("")).containsExactly("others.data");
	}

	@Test
	void rowsThatWereThereKeepTheirForm() {
		this.jdbc.execute("alter table busbar_feed alter column data set compression pglz");
		this.jdbc.execute("create table busbar_some (data bytea)");
		this.jdbc.update("insert into busbar_some values (cast(repeat('x', 100000) as bytea))");
		PostgresqlCompression.apply(this.connection);
		this.jdbc.update("insert into busbar_some values (cast(repeat('y', 100000) as bytea))");
		assertThat(this.jdbc.queryForList(
				"select pg_column_compression(data) || ' ' || length(data) from busbar_some order by data",
				String.class))
			.containsExactly("pglz 100000", "lz4 100000");
		assertThat(columns("p")).as("what someone has chosen").containsExactly("busbar_feed.data");
	}

	@Test
	void aTableThatIsInUseForLongIsLeftForTheNextStart() throws SQLException {
		this.jdbc.execute("alter table busbar_outbox alter column data set compression default");
		this.jdbc.execute("alter table busbar_dead_letter alter column payload set compression default");
		this.jdbc.execute("alter table busbar_feed alter column data set compression default");
		try (Connection other = DriverManager.getConnection(this.database.url());
				Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("lock table busbar_outbox in access share mode");
			PostgresqlCompression.apply(this.connection);
			assertThat(columns("")).containsExactlyInAnyOrder("busbar_outbox.data", "others.data");
			other.rollback();
		}
		PostgresqlCompression.apply(this.connection);
		assertThat(columns("")).containsExactly("others.data");
		assertThat(this.jdbc.queryForObject("show lock_timeout", String.class)).isEqualTo("0");
	}

	private List<String> columns(String compression) {
		return this.jdbc.queryForList("""
				select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
				where c.relkind = 'r' and pg_table_is_visible(c.oid) and c.relnamespace = 'public'::regnamespace
					and a.atttypid = 'bytea'::regtype and a.attcompression = cast(? as "char")
				""", String.class, compression);
	}

}
