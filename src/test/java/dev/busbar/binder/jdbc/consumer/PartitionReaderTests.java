package dev.busbar.binder.jdbc.consumer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.busbar.binder.jdbc.log.LogDialect;
import dev.busbar.binder.jdbc.log.LogLease;
import dev.busbar.binder.jdbc.log.LogReader;
import dev.busbar.binder.jdbc.log.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class PartitionReaderTests {

	@Test
	void manyLargeRecordsAreNotReadForTheSizesOfAFew() {
		SingleConnectionDataSource connection = new SingleConnectionDataSource("jdbc:h2:mem:", true);
		try (connection) {
			Statements log = new Statements(connection);
			log.execute("create table busbar_log_record (id bigint primary key, headers varbinary, payload varbinary)");
			for (int i = 0; i < 60; i++) {
				log.update("insert into busbar_log_record values (?, ?, ?)", i, new byte[0], new byte[1_000]);
			}
			LogConsumers consumers = mock(LogConsumers.class);
			given(consumers.reader()).willReturn(new LogReader(log, LogDialect.H2));
			List<Long> handled = new ArrayList<>();
			PartitionReader reader = new PartitionReader(consumers,
					new ConsumerSettings("d", "g", true, false, 1, 50, 4_000), (lease, records) -> {
						records.stream().map(LogRecord::offset).forEach(handled::add);
						lease.moveTo(records.get(records.size() - 1).offset() + 1);
					});
			PartitionLease lease = new PartitionLease(new LogLease(1, 0, 1, 0), "d", 0);
			lease.seen(60);
			while (lease.position() < 60) {
				reader.read(lease, (each) -> true);
			}
			assertThat(handled).hasSize(60).doesNotHaveDuplicates().isSorted();
			// The second of two statements reads those that fit.
			assertThat(log.limits.subList(0, 6)).containsExactly(50, 4, 12, 4, 6, 4);
			assertThat(log.limits.subList(6, log.limits.size())).allMatch((limit) -> limit <= 6);
			// Each other text would push one out that a connection has prepared.
			assertThat(log.texts).hasSize(2);
		}
	}

	/** Remembers how many records were looked at. */
	private static final class Statements extends JdbcTemplate {

		private final List<Integer> limits = new ArrayList<>();

		private final Set<String> texts = new HashSet<>();

		Statements(SingleConnectionDataSource connection) {
			super(connection);
		}

		@Override
		public <T> List<T> query(String sql, RowMapper<T> rowMapper, @Nullable Object @Nullable ... arguments) {
			this.texts.add(sql);
			this.limits.add((Integer) Objects.requireNonNull(Objects.requireNonNull(arguments)[arguments.length - 1]));
			return super.query(sql, rowMapper, arguments);
		}

	}

}
