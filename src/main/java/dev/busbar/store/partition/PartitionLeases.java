package dev.busbar.store.partition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import javax.sql.DataSource;

/**
 * Leases of partitions in {@code busbar_lease}. A lease lasts as long as the heartbeat of
 * its owner, so that one update renews all leases of an instance. All times are the
 * database's, so clocks of instances may differ. Each call is a short transaction of its
 * own; it throws a {@code DataAccessException} or {@code TransactionException} if the
 * database fails. Safe for use by several threads.
 */
public final class PartitionLeases {

	/** The owner of a lease that was given back. */
	private static final UUID NOBODY = new UUID(0, 0);

	private static final String END = "current_timestamp + cast(? as bigint) * interval '0.001' second";

	private static final String BEAT = "update busbar_lease set expires = " + END + " where name = ?";

	private static final String JOIN = "insert into busbar_lease (name, owner, epoch, expires) values (?, ?, 1, " + END
			+ ")";

	private static final String LIST = "select name, owner, epoch, expires > current_timestamp"
			+ " from busbar_lease where left(name, ?) = ? order by name";

	private static final String FORGET = "delete from busbar_lease where name = ? and expires <= "
			+ "current_timestamp - interval '60' second";

	private static final String DELETE = "delete from busbar_lease where name = ?";

	private static final String INSERT = "insert into busbar_lease (name, owner, epoch, expires)"
			+ " values (?, ?, 1, current_timestamp)";

	private static final String TAKE = "update busbar_lease set owner = ?, epoch = epoch + 1,"
			+ " expires = current_timestamp where name = ? and owner = ? and epoch = ?";

	private static final String GIVE_BACK = "update busbar_lease set owner = ? where name = ? and owner = ?";

	private static final String GIVE_ALL_BACK = "update busbar_lease set owner = ? where owner = ?"
			+ " and left(name, ?) = ?";

	/** As much of a name as fits into the column, with what stands around it. */
	private static final int LONGEST = 64;

	private final UUID instance = UUID.randomUUID();

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final String prefix;

	/**
	 * Creates the leases of an instance that has not joined yet.
	 * @param dataSource the database that the instances share
	 * @param transactions its transactions
	 * @param application the instances of this application share its partitions
	 */
	public PartitionLeases(DataSource dataSource, PlatformTransactionManager transactions, String application) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transaction = new TransactionTemplate(transactions);
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.prefix = "partitions:" + label(application) + ":";
	}

	/** The id of this instance; no other has it. */
	public UUID instance() {
		return this.instance;
	}

	/**
	 * Says that this instance lives, and which streams it consumes, and looks around.
	 * Another instance that has not beaten for a minute is forgotten.
	 * @param streams the streams to look at, each by a name of its own
	 * @param wanted those of them that this instance consumes
	 * @param timeToLive how long the others believe it
	 * @return who consumes what
	 */
	public PartitionView beat(Set<String> streams, Set<String> wanted, Duration timeToLive) {
		PartitionView view = this.transaction.execute((status) -> {
			long millis = timeToLive.toMillis();
			if (this.jdbc.update(BEAT, millis, member()) == 0) {
				this.jdbc.update(JOIN, member(), this.instance, millis);
			}
			PartitionRows rows = new PartitionRows(this.prefix, this.instance, streams, wanted);
			this.jdbc.query(LIST, (row) -> {
				rows.add(row.getString(1), row.getObject(2, UUID.class), row.getLong(3), row.getBoolean(4));
			}, this.prefix.length(), this.prefix);
			rows.dead().forEach((name) -> this.jdbc.update(FORGET, name));
			rows.unwished().forEach((name) -> this.jdbc.update(DELETE, name));
			rows.wished().forEach((name) -> this.jdbc.update(INSERT, name, this.instance));
			return rows.view();
		});
		return Objects.requireNonNull(view);
	}

	/**
	 * Takes a lease that nobody living holds, unless somebody else was faster.
	 * @param partition the partition
	 * @param seen who held it when this instance looked, null if nobody ever did
	 * @return whether this instance holds it now
	 */
	public boolean take(Partition partition, PartitionView.@Nullable Holding seen) {
		String name = name(partition);
		try {
			Integer taken = this.transaction
				.execute((status) -> (seen == null) ? this.jdbc.update(INSERT, name, this.instance)
						: this.jdbc.update(TAKE, this.instance, name, seen.owner(), seen.epoch()));
			return taken != null && taken == 1;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/**
	 * Gives a lease back; nothing happens if it was lost.
	 * @param partition the partition
	 */
	public void release(Partition partition) {
		this.transaction
			.executeWithoutResult((status) -> this.jdbc.update(GIVE_BACK, NOBODY, name(partition), this.instance));
	}

	/** Gives all leases back and leaves. */
	public void quit() {
		String partitions = this.prefix + PartitionRows.PARTITION;
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update(GIVE_ALL_BACK, NOBODY, this.instance, partitions.length(), partitions);
			this.jdbc.update("delete from busbar_lease where owner = ? and left(name, ?) = ?", this.instance,
					this.prefix.length(), this.prefix);
		});
	}

	private String member() {
		return this.prefix + PartitionRows.MEMBER + this.instance;
	}

	private String name(Partition partition) {
		return this.prefix + PartitionRows.PARTITION + partition.number() + ":" + label(partition.stream());
	}

	/** A name that fits, the same on every instance. */
	static String label(String name) {
		if (name.length() <= LONGEST) {
			return name;
		}
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
