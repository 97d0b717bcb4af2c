package dev.busbar.store.health;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An H2 that has closed itself is opened again by the pool.
 */
class ClosedDatabaseTests {

	@TempDir
	Path folder;

	@Test
	void thePoolGivesUpConnectionsWhoseDatabaseHasClosedItself() throws SQLException {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:h2:file:" + this.folder.resolve("busbar") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
		config.setUsername("sa");
		config.setMaximumPoolSize(1);
		config.setExceptionOverrideClassName(ClosedDatabaseOverride.class.getName());
		try (HikariDataSource pool = new HikariDataSource(config)) {
			try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
				statement.execute("create table kept (id int)");
				statement.execute("shutdown immediately");
			}
			catch (SQLException ex) {
				// Where the connection tells at its end already.
			}
			try {
				query(pool);
			}
			catch (SQLException ex) {
				assertThat(ex.getSQLState()).isEqualTo("90098");
			}
			query(pool);
		}
	}

	private static void query(HikariDataSource pool) throws SQLException {
		try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
			statement.executeQuery("select count(*) from kept");
		}
	}

}
