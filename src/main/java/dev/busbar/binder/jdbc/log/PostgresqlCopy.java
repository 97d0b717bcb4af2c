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
		try (DataInputStream in = new DataInputStream(new PGCopyInputStream(connection.unwrap(PGConnection.class),
				"copy (" + sql + ") to stdout (format binary)"))) {
			in.skipNBytes(HEAD);
			in.skipNBytes(in.readInt());
			List<T> read = new ArrayList<>();
			Row row = new Row(in);
			try {
				while (in.readShort() >= 0) {
					read.add(rows.read(row));
				}
				readToItsEnd(in);
			}
			catch (IOException | SQLException | RuntimeException | Error ex) {
				try {
					readToItsEnd(in);
				}
				catch (IOException again) {
					ex.addSuppressed(again);
				}
				throw ex;
			}
			return read;
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	/** With another driver than PostgreSQL's own, or if that is hidden. */
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

	/** Not cancelled: the driver cannot do that without harm to its connection. */
	private static void readToItsEnd(InputStream in) throws IOException {
		in.transferTo(OutputStream.nullOutputStream());
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
