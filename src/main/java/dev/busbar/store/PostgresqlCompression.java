package dev.busbar.store;

import java.util.List;

import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has PostgreSQL compress what it keeps of events by lz4, which takes a fraction of the
 * time of its own way
 * (<a href="https://www.postgresql.org/docs/current/storage-toast.html">TOAST</a>). Rows
 * that are there keep their form.
 * <p>
 * It is no migration, since those serve both databases. A server before version 14 and
 * one that was built without lz4 are left as they are, and so is each table of another
 * owner, or that is in use for longer than 200 ms; it is tried again at the next start,
 * and never fails one.
 */
final class PostgresqlCompression {

	private static final Logger logger = LoggerFactory.getLogger(PostgresqlCompression.class);

	private static final String KNOWN = """
			select count(*) from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)
			""";

	// One statement for a table, so that one lock is held at a time.
	private static final String CHANGES = """
			select format('alter table %s ', c.oid::regclass)
				|| string_agg(format('alter column %I set compression lz4', a.attname), ', ')
			from pg_class c join pg_attribute a on a.attrelid = c.oid
			where c.relname like 'busbar\\_%' and c.relkind = 'r' and pg_table_is_visible(c.oid)
				and a.atttypid = 'bytea'::regtype and a.attcompression = '' and not a.attisdropped
			group by c.oid order by c.oid
			""";

	private PostgresqlCompression() {
	}

	static void apply(DataSource postgresql) {
		JdbcTemplate jdbc = new JdbcTemplate(postgresql);
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(postgresql));
		for (String change : changes(jdbc, transaction)) {
			try {
				transaction.executeWithoutResult((status) -> {
					// Shorter than the server waits until it looks for a deadlock.
					jdbc.execute("set local lock_timeout = '200ms'");
					jdbc.execute(change);
				});
			}
			catch (DataAccessException | TransactionException ex) {
				logger.info("Left for a later start: {}: {}", change, ex.getMessage());
			}
		}
	}

	private static List<String> changes(JdbcTemplate jdbc, TransactionTemplate transaction) {
		try {
			List<String> changes = transaction.execute((status) -> {
				Integer known = jdbc.queryForObject(KNOWN, Integer.class);
				return (known != null && known > 0) ? jdbc.queryForList(CHANGES, String.class) : List.<String>of();
			});
			return (changes != null) ? changes : List.of();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.info("PostgreSQL was not asked to compress by lz4: {}", ex.getMessage());
			return List.of();
		}
	}

}
