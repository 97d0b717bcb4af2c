package dev.busbar.store;

import java.time.Duration;
import java.util.UUID;

import javax.sql.DataSource;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Leases in {@code busbar_lease}. The epoch rises whenever a lease changes hands.
 */
final class JdbcLeases implements Leases {

	private static final String END = "current_timestamp + cast(? as bigint) * interval '0.001' second";

	private static final String TAKE = "update busbar_lease set epoch = case when owner = ? then epoch else epoch + 1 end,"
			+ " owner = ?, expires = " + END + " where name = ? and (owner = ? or expires <= current_timestamp)";

	private static final String INSERT = "insert into busbar_lease (name, owner, epoch, expires) values (?, ?, 1, "
			+ END + ")";

	private static final String COUNT = "select count(*) from busbar_lease where name = ?";

	private static final String RELEASE = "update busbar_lease set expires = current_timestamp where name = ? and owner = ?";

	private final UUID owner = UUID.randomUUID();

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	JdbcLeases(DataSource dataSource, PlatformTransactionManager transactions) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = new TransactionTemplate(transactions);
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	@Override
	public boolean acquire(String name, Duration ttl) {
		try {
			return Boolean.TRUE.equals(this.transaction.execute((status) -> take(name, ttl.toMillis())));
		}
		catch (DuplicateKeyException ex) {
			// Another instance was the first to take it.
			return false;
		}
	}

	private boolean take(String name, long millis) {
		if (this.jdbc.update(TAKE, this.owner, this.owner, millis, name, this.owner) == 1) {
			return true;
		}
		Long known = this.jdbc.queryForObject(COUNT, Long.class, name);
		return (known == null || known == 0) && this.jdbc.update(INSERT, name, this.owner, millis) == 1;
	}

	@Override
	public void release(String name) {
		this.transaction.executeWithoutResult((status) -> this.jdbc.update(RELEASE, name, this.owner));
	}

}
