package dev.busbar.store.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.store.Leases;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;

class RetentionTests {

	private static final OffsetDateTime NOW = OffsetDateTime.of(2030, 1, 20, 0, 0, 0, 0, ZoneOffset.UTC);

	private static final String ACQUIRE = "acquire retention:letters for PT5M";

	private static final String RELEASE = "release retention:letters";

	/** What was done, in its order. */
	private final List<String> trace = new ArrayList<>();

	/** From the end of each transaction to the beginning of the next. */
	private final List<Duration> pauses = new ArrayList<>();

	private int rows = 2500;

	private int leasesLeft = Integer.MAX_VALUE;

	private Runnable duringAChunk = () -> {
	};

	private final Retention retention = new Retention(new SimpleDriverDataSource(), new Transactions(),
			new TestLeases(), List.of(new Purge("letters", Duration.ofDays(7), this::remove)),
			Clock.fixed(NOW.toInstant(), ZoneOffset.UTC));

	@Test
	void manyRowsAreRemovedInChunksOfAThousandEachInATransactionOfItsOwnUnderTheLease() throws Exception {
		assertThat(this.retention.run()).isEqualTo(2500);
		assertThat(this.trace).containsExactly(ACQUIRE, "begin", "1000 of at most 1000", "commit", ACQUIRE, "begin",
				"1000 of at most 1000", "commit", ACQUIRE, "begin", "500 of at most 1000", "commit", RELEASE);
	}

	@Test
	void betweenTwoChunksThereIsAPauseOutsideOfAnyTransaction() throws Exception {
		this.retention.run();
		assertThat(this.pauses).hasSize(2)
			.allSatisfy((pause) -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(90)));
	}

	@Test
	void aFullChunkIsFollowedByAnotherUntilOneIsNotFull() throws Exception {
		this.rows = 1000;
		assertThat(this.retention.run()).isEqualTo(1000);
		assertThat(this.trace).filteredOn((done) -> done.contains(" of at most "))
			.containsExactly("1000 of at most 1000", "0 of at most 1000");
	}

	@Test
	void whoLosesTheLeaseRemovesNoMore() throws Exception {
		this.leasesLeft = 1;
		assertThat(this.retention.run()).isEqualTo(1000);
		assertThat(this.rows).isEqualTo(1500);
		assertThat(this.trace).endsWith("commit", ACQUIRE);
	}

	@Test
	void aStopEndsThePurgeAfterTheChunkThatRuns() throws Exception {
		this.retention.start();
		this.duringAChunk = this.retention::stop;
		assertThat(this.retention.run()).isEqualTo(1000);
		assertThat(this.trace).endsWith("1000 of at most 1000", "commit");
	}

	private int remove(JdbcOperations jdbc, OffsetDateTime before, int limit) {
		assertThat(before).isEqualTo(NOW.minusDays(7));
		int removed = Math.min(limit, this.rows);
		this.rows -= removed;
		this.trace.add(removed + " of at most " + limit);
		this.duringAChunk.run();
		return removed;
	}

	private final class TestLeases implements Leases {

		@Override
		public boolean acquire(String name, Duration ttl) {
			RetentionTests.this.trace.add("acquire " + name + " for " + ttl);
			return RetentionTests.this.leasesLeft-- > 0;
		}

		@Override
		public void release(String name) {
			RetentionTests.this.trace.add("release " + name);
		}

	}

	@SuppressWarnings("serial")
	private final class Transactions extends AbstractPlatformTransactionManager {

		private long ended;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			if (this.ended != 0) {
				RetentionTests.this.pauses.add(Duration.ofNanos(System.nanoTime() - this.ended));
			}
			RetentionTests.this.trace.add("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			RetentionTests.this.trace.add("commit");
			this.ended = System.nanoTime();
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			RetentionTests.this.trace.add("rollback");
		}

	}

}
