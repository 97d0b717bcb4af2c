package dev.busbar.bench.app;

import javax.sql.DataSource;

import dev.busbar.bench.floor.LogOrders;
import dev.busbar.bench.floor.LogProgress;
import dev.busbar.bench.load.LogObserver;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.env.Environment;

/**
 * On H2, where nobody else can look into the database: writes how many results there are,
 * and stores orders.
 */
class ProgressFile implements InitializingBean {

	private final DataSource database;

	private final Environment environment;

	ProgressFile(DataSource database, Environment environment) {
		this.database = database;
		this.environment = environment;
	}

	@Override
	public void afterPropertiesSet() {
		if (this.environment.getProperty("bench.progress") != null) {
			LogProgress.start(this.database::getConnection, LogProgress.RESULTS);
			LogOrders.onRequest(this.database::getConnection);
			if (this.environment.getProperty("bench.observe") != null) {
				LogObserver.intoFile(this.database::getConnection);
			}
		}
	}

}
