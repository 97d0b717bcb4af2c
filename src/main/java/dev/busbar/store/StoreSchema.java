package dev.busbar.store;

import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The tables of Busbar in the application's database. Whoever uses a table takes this as
 * a constructor argument: once it is initialized, they are there. Its history is a table
 * of its own, {@code busbar_schema_history}, so that an application's own migrations and
 * their numbers stay untouched.
 */
public final class StoreSchema implements InitializingBean {

	private static final Map<DatabaseDriver, String> BLOB = Map.of(DatabaseDriver.H2, "blob", DatabaseDriver.POSTGRESQL,
			"bytea");

	private final DataSource dataSource;

	private volatile boolean insertsTogether;

	/**
	 * Creates the schema's keeper; nothing happens yet.
	 * @param dataSource the application's database
	 */
	public StoreSchema(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Creates or updates the tables. Several instances may do so at the same time.
	 * @throws IllegalStateException if the database is neither H2 nor PostgreSQL
	 */
	@Override
	public void afterPropertiesSet() {
		Flyway.configure(StoreSchema.class.getClassLoader())
			.dataSource(this.dataSource)
			.locations("classpath:dev/busbar/store/migration")
			.table("busbar_schema_history")
			// The schema may hold the application's own tables already.
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholders(Map.of("blob", blob()))
			// Parts that were built side by side may come in any order.
			.outOfOrder(true)
			.load()
			.migrate();
		if (this.insertsTogether) {
			PostgresqlCompression.apply(this.dataSource);
		}
	}

	/**
	 * Whether many rows go in by one statement. H2 waits for another transaction's row of
	 * the same key, and then repeats the statement without taking back the rows it
	 * inserted before: it takes them for duplicates. There, each row needs a statement.
	 */
	public boolean insertsTogether() {
		return this.insertsTogether;
	}

	private String blob() {
		String product = productName();
		String blob = BLOB.get(DatabaseDriver.fromProductName(product));
		if (blob == null) {
			throw new IllegalStateException("The database is '" + product
					+ "'. Busbar keeps its tables in H2 or PostgreSQL: set spring.datasource.url to one of them.");
		}
		this.insertsTogether = !product.equals("H2");
		return blob;
	}

	private String productName() {
		try {
			return JdbcUtils.extractDatabaseMetaData(this.dataSource, (metaData) -> metaData.getDatabaseProductName());
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException("The database cannot be reached: check spring.datasource.url", ex);
		}
	}

}
