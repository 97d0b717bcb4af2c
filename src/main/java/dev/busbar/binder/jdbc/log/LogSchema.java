package dev.busbar.binder.jdbc.log;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;

/**
 * Creates the log's tables, with a migration history of their own.
 */
public final class LogSchema {

	private LogSchema() {
	}

	/**
	 * Creates or migrates the tables; several instances may do so at once.
	 * @param dataSource the database
	 * @param dialect its dialect
	 */
	public static void migrate(DataSource dataSource, LogDialect dialect) {
		Flyway.configure(LogSchema.class.getClassLoader())
			.dataSource(dataSource)
			.table("busbar_log_schema_history")
			.locations("classpath:dev/busbar/binder/jdbc/migration/" + dialect.vendor())
			// The application has tables of its own beside ours.
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.load()
			.migrate();
	}

}
