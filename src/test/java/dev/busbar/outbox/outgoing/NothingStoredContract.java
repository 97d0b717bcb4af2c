package dev.busbar.outbox.outgoing;

import java.sql.Timestamp;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

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

	private void store(long number, String application) {
		this.jdbc.update(
				"""
						insert into busbar_outgoing (number, application, slot, kind, event_key, source, event_id, type, envelope,
							stored, due)
						values (?, ?, 0, 'EVENT', ?, '/test', 'e', 'order.placed', ?, ?, ?)
						""",
				number, application, new byte[] { 1 }, new byte[] { 1 }, new Timestamp(0), new Timestamp(0));
	}

}
