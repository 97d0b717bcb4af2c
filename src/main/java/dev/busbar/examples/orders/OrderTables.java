package dev.busbar.examples.orders;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The tables of the example, made at the start and filled once: before anything handles
 * an event, since handlers start after all beans are there.
 */
public class OrderTables implements InitializingBean {

	private final JdbcClient db;

	OrderTables(JdbcClient db) {
		this.db = db;
	}

	@Override
	public void afterPropertiesSet() {
		create("create table if not exists example_stock (item varchar(100) primary key, quantity integer not null)");
		create("create table if not exists example_order (id varchar(200) primary key, item varchar(100) not null, "
				+ "quantity integer not null, state varchar(20) not null, reason varchar(300))");
		stock("book", 1000);
		stock("pen", 10);
	}

	private void create(String sql) {
		try {
			this.db.sql(sql).update();
		}
		catch (DuplicateKeyException ex) {
			// Another instance creates it at this moment (PostgreSQL): it is there now.
			this.db.sql(sql).update();
		}
	}

	private void stock(String item, int quantity) {
		try {
			this.db
				.sql("insert into example_stock (item, quantity) select cast(? as varchar), cast(? as integer) "
						+ "where not exists (select 1 from example_stock where item = ?)")
				.params(item, quantity, item)
				.update();
		}
		catch (DuplicateKeyException ex) {
			// Another instance was the first.
		}
	}

}
