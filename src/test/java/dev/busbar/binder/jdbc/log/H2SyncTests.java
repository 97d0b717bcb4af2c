package dev.busbar.binder.jdbc.log;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When forcing H2's file is enough.
 */
class H2SyncTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path folder;

	@Test
	void itIsWhereEachCommitWritesItsOwnPages() throws SQLException {
		try (Connection connection = connect(0)) {
			assertThat(H2Sync.sync(connection)).isTrue();
		}
	}

	@Test
	void theCommandIsRunWherePagesAreWrittenLater() throws SQLException {
		try (Connection connection = connect(5_000)) {
			assertThat(H2Sync.sync(connection)).isFalse();
		}
	}

	@Test
	void theCommandIsRunWhereAPoolHidesTheConnectionOfH2() throws SQLException {
		try (Connection connection = connect(0)) {
			assertThat(H2Sync.sync(hidden(connection))).isFalse();
		}
	}

	private Connection connect(int writeDelay) throws SQLException {
		return DriverManager.getConnection("jdbc:h2:file:" + this.folder.resolve("log") + ";WRITE_DELAY=" + writeDelay);
	}

	private static Connection hidden(Connection connection) {
		return (Connection) Proxy.newProxyInstance(H2SyncTests.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("isWrapperFor")) {
						return false;
					}
					if (method.getName().equals("unwrap")) {
						throw new SQLException("Hidden");
					}
					try {
						return method.invoke(connection, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

}
