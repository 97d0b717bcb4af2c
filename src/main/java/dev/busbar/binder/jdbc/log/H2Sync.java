package dev.busbar.binder.jdbc.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.h2.engine.Session;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Forces H2's file to disk. Its command {@code CHECKPOINT SYNC} first writes what other
 * transactions have changed until then, which they write once more when they commit.
 * Where each commit has written its own when it returns ({@code WRITE_DELAY=0}), it is
 * enough to force the file.
 */
final class H2Sync {

	private H2Sync() {
	}

	/**
	 * Forces all that is committed to disk.
	 * @param connection a connection to H2
	 * @return whether forcing the file was enough
	 * @throws SQLException if that fails
	 */
	static boolean sync(Connection connection) throws SQLException {
		MVStore store = store(connection);
		if (store == null || store.getAutoCommitDelay() != 0) {
			try (Statement statement = connection.createStatement()) {
				statement.execute("CHECKPOINT SYNC");
			}
			return false;
		}
		try {
			store.sync();
			return true;
		}
		catch (MVStoreException ex) {
			throw new SQLException("The database's file could not be forced to disk", ex);
		}
	}

	/**
	 * The store in this process, null if the database is in another, or the pool does not
	 * show H2's own connection.
	 */
	private static @Nullable MVStore store(Connection connection) throws SQLException {
		if (!connection.isWrapperFor(JdbcConnection.class)) {
			return null;
		}
		Session session = connection.unwrap(JdbcConnection.class).getSession();
		return (session instanceof SessionLocal local) ? local.getDatabase().getStore().getMvStore() : null;
	}

}
