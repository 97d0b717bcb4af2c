package dev.busbar.store;

import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.postgresql.PGStatement;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;

/**
 * Has PostgreSQL plan each statement when it runs, with its values and for the tables as
 * they are then.
 * <p>
 * The driver prepares on the server what runs more than four times, and PostgreSQL soon
 * keeps one plan for it, until the table is analyzed. Planned while a table is almost
 * empty, a look for many keys reads the whole table, and goes on to do so while millions
 * of rows come. For statements with arrays of keys, planning costs some tenth of a
 * millisecond for the whole array.
 */
public final class PlannedTemplate extends JdbcTemplate {

	private static final boolean POSTGRESQL = ClassUtils.isPresent("org.postgresql.PGStatement",
			PlannedTemplate.class.getClassLoader());

	/**
	 * Creates a template.
	 * @param dataSource the database, of any kind
	 */
	public PlannedTemplate(DataSource dataSource) {
		super(dataSource);
	}

	@Override
	protected void applyStatementSettings(Statement statement) throws SQLException {
		super.applyStatementSettings(statement);
		if (POSTGRESQL) {
			OnPostgresql.planEachTime(statement);
		}
	}

	/** Loaded only where the driver is there. */
	private static final class OnPostgresql {

		private OnPostgresql() {
		}

		static void planEachTime(Statement statement) throws SQLException {
			if (statement.isWrapperFor(PGStatement.class)) {
				statement.unwrap(PGStatement.class).setPrepareThreshold(0);
			}
		}

	}

}
