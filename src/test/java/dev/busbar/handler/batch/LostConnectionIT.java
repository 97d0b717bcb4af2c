package dev.busbar.handler.batch;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.busbar.handler.RetryProperties.Order;
import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler whose session PostgreSQL ends, and lets in again at once, as after a
 * failover. Its policy allows two attempts; it loses three connections.
 */
class LostConnectionIT {

	private static TestDatabase database;

	private static RetryFixture fixture;

	private final AtomicInteger calls = new AtomicInteger();

	@BeforeAll
	static void start() {
		database = TestDatabase.postgres();
		fixture = new RetryFixture(database.dataSource().getJdbcUrl(), "postgres");
	}

	@AfterAll
	static void stop() {
		fixture.close();
		database.close();
	}

	@BeforeEach
	void clear() {
		fixture.clear();
	}

	@Test
	void aSessionThatEndsDuringAHandlersStatementIsNoAttempt() {
		handle((session) -> fixture.jdbc.queryForList("select pg_terminate_backend(pg_backend_pid())"));
	}

	@Test
	void aSessionThatEndsBehindAHandlersBackIsNoAttempt() {
		handle(LostConnectionIT::end);
	}

	@Test
	void aSessionThatEndsDuringTheCommitIsNoAttempt() {
		handle((session) -> TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void beforeCompletion() {
				end(session);
			}

		}));
	}

	@Test
	void aHandlerThatHidesWhyItFailedIsNoAttempt() {
		handle((session) -> {
			end(session);
			try {
				fixture.jdbc.queryForList("select 1");
			}
			catch (RuntimeException ex) {
				throw new IllegalStateException("no stock");
			}
		});
	}

	private void handle(Consumer<Integer> loss) {
		fixture.batch(fixture.policy(Order.PARK), (event) -> {
			if (this.calls.incrementAndGet() <= 3) {
				Integer session = fixture.jdbc.queryForObject("select pg_backend_pid()", Integer.class);
				loss.accept(session);
			}
		}).handleMessage(RetryFixture.delivery(List.of(fixture.event("1", "a")), 0));
		assertThat(fixture.deadLetters.find("1")).isEmpty();
		assertThat(fixture.effects()).containsExactly("1");
		assertThat(this.calls).hasValue(4);
		assertThat(fixture.entry("1").attempts()).isEqualTo(1);
	}

	private static void end(Integer session) {
		database.jdbc().queryForList("select pg_terminate_backend(?, 10000)", session);
	}

}
