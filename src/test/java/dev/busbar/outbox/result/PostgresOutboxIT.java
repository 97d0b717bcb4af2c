package dev.busbar.outbox.result;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.outbox.result.Outbox.Result;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.TestEvents;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresOutboxIT extends OutboxContract {

	private final List<String> statements = new ArrayList<>();

	PostgresOutboxIT() {
		super(TestDatabase.postgres());
	}

	@Test
	void whatAHandlingEndsWithIsOneStatementUnlessItMarksPartsOrSeveralBlocks() {
		List<Long> whole = added(3, Outbox.Meanwhile.NOTHING);
		added(2, new Outbox.Meanwhile(whole, List.of(1L)));
		assertThat(this.statements).as("results, durations, and the mark of one block").hasSize(1);
		added(2, new Outbox.Meanwhile(List.of(), List.of(1L)));
		assertThat(this.statements).hasSize(1);
		List<Long> parts = added(3, Outbox.Meanwhile.NOTHING).subList(0, 2);
		added(1, new Outbox.Meanwhile(parts, List.of(1L)));
		assertThat(this.statements).hasSizeGreaterThan(1);
	}

	private List<Long> added(int results, Outbox.Meanwhile meanwhile) {
		this.statements.clear();
		List<Result> list = new ArrayList<>();
		for (int i = 0; i < results; i++) {
			list.add(new Result("g", TestEvents.event("cause", "{}"), TestEvents.event("r" + i, "{}")));
		}
		Outbox counted = new JdbcOutbox(counting(this.database.dataSource()), this.database.schema(),
				new CloudEvents(JsonMapper.builder().build()), Clock.systemUTC());
		return counted.add(System.nanoTime(), list, meanwhile).stream().map(OutboxEntry::number).toList();
	}

	private DataSource counting(DataSource dataSource) {
		return new DelegatingDataSource(dataSource) {

			@Override
			public Connection getConnection() throws SQLException {
				Connection connection = super.getConnection();
				return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
						new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
							if (method.getName().equals("prepareStatement")) {
								PostgresOutboxIT.this.statements.add(String.valueOf(arguments[0]));
							}
							try {
								return method.invoke(connection, arguments);
							}
							catch (InvocationTargetException ex) {
								throw ex.getCause();
							}
						});
			}

		};
	}

}
