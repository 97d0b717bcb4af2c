package dev.busbar.store;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

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

	// By name: the driver may be absent, and annotations of its classes are.
	private static final @Nullable Method THRESHOLD = threshold();

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
		if (THRESHOLD != null && statement.isWrapperFor(THRESHOLD.getDeclaringClass())) {
			ReflectionUtils.invokeMethod(THRESHOLD, statement.unwrap(THRESHOLD.getDeclaringClass()), 0);
		}
	}

	private static @Nullable Method threshold() {
		String name = "org.postgresql.PGStatement";
		ClassLoader loader = PlannedTemplate.class.getClassLoader();
		return ClassUtils.isPresent(name, loader) ? ReflectionUtils
			.findMethod(ClassUtils.resolveClassName(name, loader), "setPrepareThreshold", int.class) : null;
	}

}
