package dev.busbar.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A database of its own for a test class.
 */
public final class TestDatabase implements AutoCloseable {

	private static final String SERVER = System.getProperty("busbar.test.postgres",
			"jdbc:postgresql://127.0.0.1:5432/");

	private final HikariDataSource dataSource = new HikariDataSource();

	private final @Nullable String dropped;

	private TestDatabase(String url, @Nullable String user, @Nullable String dropped) {
		this.dataSource.setJdbcUrl(url);
		this.dataSource.setUsername(user);
		this.dataSource.setMaximumPoolSize(5);
		this.dropped = dropped;
	}

	public static TestDatabase h2() {
		String path = Path.of("target", "h2", UUID.randomUUID().toString()).toAbsolutePath().toString();
		return new TestDatabase("jdbc:h2:file:" + path + ";WRITE_DELAY=0", "sa", null);
	}

	public static TestDatabase postgres() {
		String name = "busbar_" + UUID.randomUUID().toString().replace("-", "");
		execute("create database " + name);
		return new TestDatabase(SERVER + name, "postgres", name);
	}

	public HikariDataSource dataSource() {
		return this.dataSource;
	}

	public TestDatabase withTables() {
		schema();
		return this;
	}

	public StoreSchema schema() {
		StoreSchema schema = new StoreSchema(this.dataSource);
		schema.afterPropertiesSet();
		return schema;
	}

	public DeadLetters deadLetters() {
		return new JdbcDeadLetters(this.dataSource, new LetterHeaders(List.of()), (letter) -> {
		});
	}

	public Inbox inbox() {
		return new JdbcInbox(this.dataSource, schema(), Clock.systemUTC());
	}

	public JdbcTemplate jdbc() {
		return new JdbcTemplate(this.dataSource);
	}

	public JdbcTransactionManager transactions() {
		return new JdbcTransactionManager(this.dataSource);
	}

	public TransactionTemplate transaction() {
		return new TransactionTemplate(transactions());
	}

	@Override
	public void close() {
		this.dataSource.close();
		if (this.dropped != null) {
			execute("drop database " + this.dropped + " with (force)");
		}
	}

	private static void execute(String sql) {
		try (Connection connection = DriverManager.getConnection(SERVER + "postgres", "postgres", "")) {
			connection.createStatement().execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(
					"PostgreSQL is needed at " + SERVER
							+ " with the user postgres and trust: start one, or set -Dbusbar.test.postgres=jdbc:...",
					ex);
		}
	}

}
