package dev.busbar.binder.jdbc.log;

import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PostgresAppendIT extends AppendContract {

	private final Database database = PostgresqlServer.shared().createDatabase();

	private final SingleConnectionDataSource connection = new SingleConnectionDataSource(this.database.url(), true);

	@Override
	DataSource database() {
		return this.connection;
	}

	@Test
	void whatIsCopiedHasNumbersOfBothSizesAndBytesOrNone() throws SQLException {
		List<String> read = PostgresqlCopy.query(this.connection.getConnection(), """
				select 1::bigint << 40, 7, '\\x00ff0a5c'::bytea, null::bytea, ''::bytea
				union all select -1::bigint, -7, null, '\\x01'::bytea, null""",
				(row) -> row.number() + " " + row.number() + " " + Arrays.toString(row.bytes()) + " "
						+ Arrays.toString(row.bytes()) + " " + Arrays.toString(row.bytes()));
		assertThat(read).containsExactly("1099511627776 7 [0, -1, 10, 92] null []", "-1 -7 null [1] null");
		assertThat(PostgresqlCopy.query(this.connection.getConnection(), "select 1 where false", LogRow::number))
			.isEmpty();
	}

	@Test
	void aFailureLeavesTheConnectionOfUse() throws SQLException {
		Connection one = this.connection.getConnection();
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> PostgresqlCopy.query(one, "select 1 / 0", LogRow::number))
			.withMessageContaining("division by zero");
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> PostgresqlCopy.query(one, "select 1 / (5000 - n) from generate_series(1, 5000) n",
					LogRow::number))
			.withMessageContaining("division by zero");
		// So many that not all have been read when it fails.
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> PostgresqlCopy.query(one, "select n from generate_series(1, 100000) n", (row) -> {
				throw new SQLException("mine");
			}))
			.withMessage("mine");
		assertThat(PostgresqlCopy.query(one, "select 5", LogRow::number)).containsExactly(5L);
	}

	@Test
	void noTransactionIsLeftOpenWhereThePoolDoesNotCommit() throws SQLException {
		Connection one = this.connection.getConnection();
		one.setAutoCommit(false);
		assertThat(PostgresqlCopy.query(one, "select 5", LogRow::number)).containsExactly(5L);
		assertThat(one.unwrap(BaseConnection.class).getTransactionState()).isEqualTo(TransactionState.IDLE);
		one.setAutoCommit(true);
	}

	/** Or the next question would get the rest of its answer. */
	@Test
	void aConnectionWhoseAnswerIsLostIsGivenUp() throws SQLException {
		Connection one = this.connection.getConnection();
		BaseConnection raw = one.unwrap(BaseConnection.class);
		one.setNetworkTimeout(Runnable::run, 500);
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> PostgresqlCopy.query(one,
					"select n from generate_series(1, 3) n where n = 1 or pg_sleep(3) is not null", LogRow::number))
			.withRootCauseInstanceOf(SocketTimeoutException.class);
		assertThat(raw.isClosed()).isTrue();
	}

	@Test
	void whereTheDriverIsHiddenItIsAskedAsUsual() {
		LogDialect.POSTGRESQL.append(new JdbcTemplate(this.connection),
				List.of(new Append(partition(), new byte[0], new byte[] { 1 })));
		DataSource hiding = new DelegatingDataSource(this.connection) {

			@Override
			public Connection getConnection() throws SQLException {
				Connection shown = super.getConnection();
				return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
						new Class<?>[] { Connection.class }, (proxy, method, arguments) -> switch (method.getName()) {
							case "isWrapperFor" -> false;
							case "unwrap" -> throw new SQLException("hidden");
							default -> method.invoke(shown, arguments);
						});
			}

		};
		assertThat(new LogReader(new JdbcTemplate(hiding), LogDialect.POSTGRESQL).read(partition(), 0, 10, 1_000))
			.singleElement()
			.satisfies((record) -> assertThat(record.payload()).containsExactly(1));
	}

	@AfterEach
	void close() {
		this.connection.close();
		this.database.close();
	}

}
