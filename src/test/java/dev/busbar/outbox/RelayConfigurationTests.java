package dev.busbar.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import dev.busbar.outbox.outgoing.OutboxSize;
import dev.busbar.outbox.outgoing.OutgoingRows;
import dev.busbar.outbox.outgoing.OutgoingSlots;
import dev.busbar.outbox.outgoing.StoredBacklog;
import dev.busbar.store.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class RelayConfigurationTests {

	private final TestDatabase database = TestDatabase.h2().withTables();

	@ParameterizedTest
	@CsvSource({ "jdbc, true", "kafka, false", "rabbit, false", "'', false" })
	void theEmbeddedBrokersDatabaseIsAskedByThePublisher(String broker, boolean asksHimself) {
		MockEnvironment environment = new MockEnvironment().withProperty("spring.cloud.stream.default-binder", broker);
		List<Thread> asking = new CopyOnWriteArrayList<>();
		DataSource watched = new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				asking.add(Thread.currentThread());
				return super.getConnection();
			}

		};
		OutgoingRows rows = new OutgoingRows(watched, Clock.systemUTC());
		StoredBacklog backlog = new RelayConfiguration(environment,
				new DefaultListableBeanFactory().getBeanProvider(Clock.class))
			.busbarBacklog(watched, rows, new OutgoingSlots(watched, rows, "busbar", List.of("order.placed")),
					new OutboxSize(watched, "busbar", 100), this.database.transactions(), new RelaySignal(),
					environment);
		try {
			assertThat(backlog.waiting(Set.of(1))).isEmpty();
			assertThat(asking).isNotEmpty();
			assertThat(asking.contains(Thread.currentThread())).isEqualTo(asksHimself);
		}
		finally {
			backlog.destroy();
		}
	}

}
