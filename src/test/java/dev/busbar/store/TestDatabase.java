package dev.busbar.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.JdbcInbox;
import dev.busbar.store.letter.LetterHeaders;
import dev.busbar.testing.PostgresqlServer;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A database of its own for a test class.
 */
public final class TestDatabase implements AutoCloseable {

	private final HikariDataSource dataSource = new HikariDataSource();

	private final Runnable drop;

	private TestDatabase(String url, String user, Runnable drop) {
		this.dataSource.setJdbcUrl(url);
		this.dataSource.setUsername(user);
		this.dataSource.setMaximumPoolSize(5);
		this.drop = drop;
	}

	public static TestDatabase h2() {
		String path = Path.of("target", "h2", UUID.randomUUID().toString()).toAbsolutePath().toString();
		return new TestDatabase("jdbc:h2:file:" + path + ";WRITE_DELAY=0", "sa", () -> {
		});
	}

	public static TestDatabase postgres() {
		PostgresqlServer.Database database = PostgresqlServer.shared().createDatabase();
		return new TestDatabase(database.url(), "postgres", database::close);
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
		this.drop.run();
	}

}
