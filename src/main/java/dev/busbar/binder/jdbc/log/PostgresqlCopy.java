package dev.busbar.binder.jdbc.log;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;
import org.postgresql.util.PSQLException;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Asks PostgreSQL by <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY
 * in its binary format</a>: a query that is not prepared on the server answers in text,
 * where each byte takes two.
 */
final class PostgresqlCopy {

	/** The signature and the flags, with which the answer begins. */
	private static final int HEAD = 11 + 4;

	private PostgresqlCopy() {
	}

	/**
	 * Asks for rows.
	 * @param connection a connection
	 * @param sql a query without parameters, of numbers and bytes
	 * @param rows what becomes of a row
	 * @return what came of the rows, in their order
	 */
	static <T> List<T> query(Connection connection, String sql, LogRow.Reader<T> rows) throws SQLException {
		if (!connection.isWrapperFor(PGConnection.class)) {
			return queryInText(connection, sql, rows);
		}
		PGConnection driver = connection.unwrap(PGConnection.class);
		boolean begins = !connection.getAutoCommit() && !TransactionSynchronizationManager.isActualTransactionActive();
		try {
			return copy(driver, sql, rows);
		}
		finally {
			// The copy has begun a transaction of which the pool has not heard.
			if (begins && driver instanceof Connection raw && !raw.isClosed()) {
				connection.rollback();
			}
		}
	}

	private static <T> List<T> copy(PGConnection driver, String sql, LogRow.Reader<T> rows) throws SQLException {
		// It is not closed: the driver would cancel what is not read to its end, which
		// harms the connection.
		InputStream answer;
		try {
			answer = new PGCopyInputStream(driver, "copy (" + sql + ") to stdout (format binary)");
		}
		catch (SQLException ex) {
			leave(driver, InputStream.nullInputStream(), ex);
			throw ex;
		}
		try {
			return read(new DataInputStream(answer), rows);
		}
		catch (IOException ex) {
			SQLException failure = failure(ex);
			leave(driver, answer, failure);
			throw failure;
		}
		catch (SQLException | RuntimeException | Error ex) {
			leave(driver, answer, ex);
			throw ex;
		}
	}

	/** Gives the connection up if the rest would be the answer to the next question. */
	private static void leave(PGConnection driver, InputStream answer, Throwable failure) throws SQLException {
		// With its error the server has ended the copy. After a failure of its own the
		// driver says that the copy is over, which it is not.
		boolean over = (failure instanceof PSQLException refusal) ? refusal.getServerErrorMessage() != null
				: isReadToItsEnd(answer);
		if (!over && driver instanceof Connection raw) {
			raw.abort(Runnable::run);
		}
	}

	private static <T> List<T> read(DataInputStream in, LogRow.Reader<T> rows) throws IOException, SQLException {
		in.skipNBytes(HEAD);
		in.skipNBytes(in.readInt());
		List<T> read = new ArrayList<>();
		Row row = new Row(in);
		while (in.readShort() >= 0) {
			read.add(rows.read(row));
		}
		in.transferTo(OutputStream.nullOutputStream());
		return read;
	}

	private static boolean isReadToItsEnd(InputStream answer) {
		try {
			answer.transferTo(OutputStream.nullOutputStream());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Through a pool that hides the driver. */
	private static <T> List<T> queryInText(Connection connection, String sql, LogRow.Reader<T> rows)
			throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			List<T> read = new ArrayList<>();
			while (result.next()) {
				read.add(rows.read(LogRow.of(result)));
			}
			return read;
		}
	}

	private static SQLException failure(IOException ex) {
		return (ex.getCause() instanceof SQLException cause) ? cause
				: new SQLException("PostgreSQL's answer cannot be read: " + ex.getMessage(), ex);
	}

	/** A row as it is read. */
	private record Row(DataInputStream in) implements LogRow {

		@Override
		public long number() throws SQLException {
			try {
				int length = this.in.readInt();
				if (length != Long.BYTES && length != Integer.BYTES) {
					throw new IOException("a number of " + length + " bytes");
				}
				return (length == Long.BYTES) ? this.in.readLong() : this.in.readInt();
			}
			catch (IOException ex) {
				throw failure(ex);
			}
		}

		@Override
		public byte @Nullable [] bytes() throws SQLException {
			try {
				int length = this.in.readInt();
				if (length < 0) {
					return null;
				}
				byte[] bytes = new byte[length];
				this.in.readFully(bytes);
				return bytes;
			}
			catch (IOException ex) {
				throw failure(ex);
			}
		}

	}

}
