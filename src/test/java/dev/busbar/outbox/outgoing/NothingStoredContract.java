package dev.busbar.outbox.outgoing;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The question whether anything is stored, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NothingStoredContract {

	private final TestDatabase database;

	private final JdbcTemplate jdbc;

	/** What each look at the clock adds. */
	private final AtomicLong step = new AtomicLong();

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private NothingStored nothing;

	NothingStoredContract(TestDatabase database) {
		this.database = database.withTables();
		this.jdbc = new JdbcTemplate(this.database.dataSource());
		this.nothing = question();
	}

	private NothingStored question() {
		return new NothingStored(this.jdbc, "app", () -> this.now.addAndGet(this.step.get()));
	}

	@BeforeEach
	void clear() {
		this.jdbc.update("delete from busbar_outgoing");
		this.step.set(0);
		this.nothing = question();
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void anotherApplicationsEventsAreNone() {
		store(1, "other");
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void whatIsStoredAfterAnAnswerIsSeen() {
		assertThat(this.nothing.holds()).isTrue();
		store(1, "app");
		assertThat(this.nothing.holds()).isFalse();
	}

	@Test
	void onceSomethingIsStoredTheOtherQuestionTellsForASecond() {
		store(1, "app");
		assertThat(this.nothing.holds()).isFalse();
		this.jdbc.update("delete from busbar_outgoing");
		this.now.addAndGet(NothingStored.PAUSE.toNanos() - 1);
		assertThat(this.nothing.holds()).isFalse();
		this.now.addAndGet(1);
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void whatTakesLongIsNotAskedForAHundredTimesAsLong() {
		long took = NothingStored.LONG.toNanos() + 1;
		this.step.set(took);
		assertThat(this.nothing.holds()).isTrue();
		this.step.set(0);
		this.now.addAndGet(NothingStored.PAUSES * took - 1);
		assertThat(this.nothing.holds()).isFalse();
		this.now.addAndGet(1);
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void aQuestionThatIsNotLongIsAskedAgainAtOnce() {
		this.step.set(NothingStored.LONG.toNanos());
		assertThat(this.nothing.holds()).isTrue();
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void aPauseLastsAMinuteAtMost() {
		this.step.set(NothingStored.LONGEST_PAUSE.toNanos());
		assertThat(this.nothing.holds()).isTrue();
		this.step.set(0);
		this.now.addAndGet(NothingStored.LONGEST_PAUSE.toNanos() - 1);
		assertThat(this.nothing.holds()).isFalse();
		this.now.addAndGet(1);
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void aQuestionThatFailsIsNotAskedForAHundredTimesAsLong() {
		AtomicBoolean failing = new AtomicBoolean(true);
		this.nothing = new NothingStored(new JdbcTemplate(new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				Connection connection = super.getConnection();
				return failing.get() ? failing(Connection.class, connection) : connection;
			}

		}), "app", () -> this.now.addAndGet(this.step.get()));
		long took = Duration.ofMillis(300).toNanos();
		this.step.set(took);
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(this.nothing::holds);
		this.step.set(0);
		failing.set(false);
		this.now.addAndGet(NothingStored.PAUSES * took - 1);
		assertThat(this.nothing.holds()).isFalse();
		this.now.addAndGet(1);
		assertThat(this.nothing.holds()).isTrue();
	}

	/** Fails at the query, not before. */
	private static <T> T failing(Class<T> type, Object real) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				if (method.getName().equals("executeQuery")) {
					throw new SQLException("canceling statement due to statement timeout", "57014");
				}
				Object result = method.invoke(real, arguments);
				return (result instanceof PreparedStatement statement) ? failing(PreparedStatement.class, statement)
						: result;
			}));
	}

	@Test
	void afterAPauseOneAsksAndTheOthersGoOnWithoutMeanwhile() {
		AtomicInteger questions = new AtomicInteger();
		AtomicReference<NothingStored> asking = new AtomicReference<>();
		asking.set(new NothingStored(new JdbcTemplate(new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				// Another one comes while the first waits for its connection.
				if (questions.incrementAndGet() == 2) {
					assertThat(asking.get().holds()).isFalse();
				}
				return super.getConnection();
			}

		}), "app", this.now::get));
		store(1, "app");
		assertThat(asking.get().holds()).isFalse();
		this.jdbc.update("delete from busbar_outgoing");
		this.now.addAndGet(NothingStored.PAUSE.toNanos());
		assertThat(asking.get().holds()).isTrue();
		assertThat(questions).hasValue(2);
		assertThat(asking.get().holds()).isTrue();
		assertThat(questions).hasValue(3);
	}

	@Test
	void aShortPauseDoesNotEndALongOne() {
		long took = NothingStored.LONG.toNanos() + 1;
		AtomicInteger questions = new AtomicInteger();
		AtomicReference<NothingStored> asking = new AtomicReference<>();
		asking.set(new NothingStored(new JdbcTemplate(new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				// The second question is over before the first one has its connection.
				if (questions.incrementAndGet() == 1) {
					NothingStoredContract.this.step.set(took);
					assertThat(asking.get().holds()).isTrue();
					NothingStoredContract.this.step.set(0);
					store(1, "app");
				}
				return super.getConnection();
			}

		}), "app", () -> this.now.addAndGet(this.step.get())));
		assertThat(asking.get().holds()).isFalse();
		assertThat(questions).hasValue(2);
		this.jdbc.update("delete from busbar_outgoing");
		this.now.addAndGet(NothingStored.PAUSES * took - 1);
		assertThat(asking.get().holds()).isFalse();
		this.now.addAndGet(1);
		assertThat(asking.get().holds()).isTrue();
	}

	@Test
	void aTransactionSeesWhatItHasStored() {
		this.database.transaction().executeWithoutResult((status) -> {
			assertThat(this.nothing.holds()).isTrue();
			store(1, "app");
			assertThat(this.nothing.holds()).isFalse();
			status.setRollbackOnly();
		});
		this.now.addAndGet(NothingStored.PAUSE.toNanos());
		assertThat(this.nothing.holds()).isTrue();
	}

	@Test
	void aConnectionSeesWhatAnotherHasCommittedSinceItLastAsked() throws Exception {
		try (Connection connection = this.database.dataSource().getConnection()) {
			NothingStored here = new NothingStored(new JdbcTemplate(new SingleConnectionDataSource(connection, true)),
					"app", this.now::get);
			assertThat(here.holds()).isTrue();
			assertThat(here.holds()).isTrue();
			store(1, "app");
			assertThat(here.holds()).isFalse();
			this.jdbc.update("delete from busbar_outgoing");
			this.now.addAndGet(NothingStored.PAUSE.toNanos());
			assertThat(here.holds()).isTrue();
		}
	}

	private void store(long number, String application) {
		this.jdbc.update("""
				insert into busbar_outgoing (number, application, slot, kind, event_key, source, event_id, type,
					envelope, stored, due)
				values (?, ?, 0, 'EVENT', ?, '/test', 'e', 'order.placed', ?, ?, ?)
				""", number, application, new byte[] { 1 }, new byte[] { 1 }, new Timestamp(0), new Timestamp(0));
	}

}
