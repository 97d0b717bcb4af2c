package dev.busbar.store.health;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseHealthTests {

	private final Pool pool = new Pool();

	private final DatabaseHealth health = new DatabaseHealth(this.pool, Duration.ofSeconds(60));

	@AfterEach
	void end() {
		this.pool.gate.countDown();
		this.health.destroy();
	}

	@Test
	void itIsUpWhileTheDatabaseAnswers() {
		assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
		assertThat(this.health.health().getDetails()).containsEntry("database", "H2");
	}

	@Test
	void itIsDownWhenTheDatabaseRefusesAndTellsNoPassword() {
		this.pool.failure = new SQLException("no jdbc:x://h/d?password=canary&a=b", "08001");
		assertThat(this.health.health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(this.health.health().getDetails().toString()).contains("password=(hidden)").doesNotContain("canary");
	}

	@Test
	void aPoolThatLetsWaitIsDownSoonAndIsAskedOnce() {
		this.pool.hangs = true;
		for (int probe = 0; probe < 3; probe++) {
			assertThat(this.health.health().getStatus()).isEqualTo(Status.DOWN);
		}
		assertThat(this.pool.asked).hasValue(1);
		this.pool.hangs = false;
		this.pool.gate.countDown();
		Awaitility.await().until(() -> this.health.health().getStatus().equals(Status.UP));
	}

	@Test
	void theLastAnswerHoldsWhileThePoolIsBusy() {
		assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
		this.pool.hangs = true;
		assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void aStartWithoutItsDatabaseSaysWhatToDoAndNoSecret() {
		MockEnvironment environment = new MockEnvironment().withProperty("spring.datasource.url",
				"jdbc:postgresql://user:canary@db/busbar?password=canary");
		FailureAnalysis analysis = new AbsentDatabaseFailureAnalyzer(environment)
			.analyze(new IllegalStateException(new SQLException("refused", "08001")));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("cannot be reached", "spring.datasource.url", "refused")
			.doesNotContain("canary");
		assertThat(analysis.getAction()).contains("Start it");
		assertThat(new AbsentDatabaseFailureAnalyzer(environment)
			.analyze(new IllegalStateException(new SQLException("syntax", "42601")))).isNull();
	}

	/** A pool that has no connection to give, on demand. */
	private static final class Pool extends AbstractDataSource {

		private final DataSource target = new DriverManagerDataSource("jdbc:h2:mem:health");

		private final CountDownLatch gate = new CountDownLatch(1);

		private final AtomicInteger asked = new AtomicInteger();

		private volatile boolean hangs;

		private volatile @Nullable SQLException failure;

		@Override
		public Connection getConnection() throws SQLException {
			this.asked.incrementAndGet();
			SQLException thrown = this.failure;
			if (thrown != null) {
				throw thrown;
			}
			if (this.hangs) {
				try {
					this.gate.await();
				}
				catch (InterruptedException ex) {
					throw new SQLException(ex);
				}
			}
			return this.target.getConnection();
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

}
