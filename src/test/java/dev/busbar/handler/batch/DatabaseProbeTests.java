package dev.busbar.handler.batch;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import com.zaxxer.hikari.HikariDataSource;
import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that answers, and cannot write, is as good as away: the failures that come
 * of it are no handler's.
 */
class DatabaseProbeTests {

	@Test
	void aDatabaseThatWritesIsThereAndNothingIsLeftInIt() throws SQLException {
		try (TestDatabase database = TestDatabase.h2().withTables();
				Connection connection = database.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			assertThat(new DatabaseProbe(database.dataSource()).away()).isFalse();
			assertThat(statement.executeQuery("select * from busbar_lease").next()).isFalse();
		}
	}

	@Test
	void aDatabaseThatOnlyReadsIsAway(@TempDir Path folder) throws SQLException {
		String url = "jdbc:h2:file:" + folder.resolve("busbar");
		try (HikariDataSource first = pool(url);
				Connection connection = first.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("create table busbar_lease"
					+ " (name varchar(200), owner uuid, epoch bigint, expires timestamp with time zone)");
		}
		try (HikariDataSource reading = pool(url + ";ACCESS_MODE_DATA=r");
				Connection connection = reading.getConnection()) {
			assertThat(connection.isValid(2)).isTrue();
			assertThat(new DatabaseProbe(reading).away()).isTrue();
		}
	}

	private static HikariDataSource pool(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername("sa");
		pool.setMaximumPoolSize(2);
		return pool;
	}

}
