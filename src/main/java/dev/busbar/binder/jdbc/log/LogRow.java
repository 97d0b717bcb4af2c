package dev.busbar.binder.jdbc.log;

import java.sql.ResultSet;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * A row of the log, whose columns are asked for one after the other.
 */
interface LogRow {

	/** The next column, a number that is not null. */
	long number() throws SQLException;

	/** The next column, bytes. */
	byte @Nullable [] bytes() throws SQLException;

	/** The row on which a result set is. */
	static LogRow of(ResultSet row) {
		return new LogRow() {

			private int column;

			@Override
			public long number() throws SQLException {
				return row.getLong(++this.column);
			}

			@Override
			public byte @Nullable [] bytes() throws SQLException {
				return row.getBytes(++this.column);
			}

		};
	}

	/**
	 * Makes something of a row.
	 */
	@FunctionalInterface
	interface Reader<T> {

		/** Asks for all columns of the row. */
		T read(LogRow row) throws SQLException;

	}

}
