package dev.busbar.binder.jdbc;

import java.sql.SQLException;
import java.util.UUID;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.busbar.binder.jdbc.consumer.LogConsumers;
import dev.busbar.binder.jdbc.log.LogAppender;
import dev.busbar.binder.jdbc.log.LogDialect;
import dev.busbar.binder.jdbc.log.LogLeases;
import dev.busbar.binder.jdbc.log.LogReader;
import dev.busbar.binder.jdbc.log.LogRetention;
import dev.busbar.binder.jdbc.log.LogSchema;
import dev.busbar.binder.jdbc.log.LogTemplate;
import dev.busbar.binder.jdbc.log.LogTopology;
import dev.busbar.binder.jdbc.log.LogTransactions;
import dev.busbar.binder.jdbc.properties.JdbcBinderProperties;
import dev.busbar.binder.jdbc.properties.JdbcExtendedBindingProperties;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * The context of the binder: made when a binding first asks for it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ JdbcBinderProperties.class, JdbcExtendedBindingProperties.class })
class JdbcBinderConfiguration {

	private static final int WORKERS_WITHOUT_A_POOL = 4;

	@Bean
	JdbcMessageChannelBinder jdbcMessageChannelBinder(ApplicationContext context, JdbcBinderProperties properties,
			JdbcExtendedBindingProperties extended) {
		ApplicationContext owner = owner(context);
		DataSource dataSource = owner.getBean(DataSource.class);
		LogDialect dialect = LogDialect.of(dataSource);
		LogSchema.migrate(dataSource, dialect);
		String instance = UUID.randomUUID().toString();
		LogTransactions transactions = new LogTransactions(dataSource);
		LogTemplate jdbc = new LogTemplate(dataSource, transactions);
		LogTopology topology = new LogTopology(jdbc, transactions);
		LogConsumers consumers = new LogConsumers(instance, topology, new LogLeases(jdbc, transactions, instance),
				new LogReader(jdbc, dialect), new LogRetention(jdbc), properties, workers(dataSource, properties));
		LogAppender appender = new LogAppender(jdbc, transactions, dialect,
				properties.sync() == JdbcBinderProperties.Sync.COMMIT, consumers::wake);
		owner.getBeanProvider(ConfigurableTransactionManager.class).forEach(appender::listenTo);
		return new JdbcMessageChannelBinder(transactions, extended, topology, consumers, appender);
	}

	private static ApplicationContext owner(ApplicationContext context) {
		// A binder with an environment of its own is no child of the application's
		// context.
		return context.containsBean("outerContext") ? context.getBean("outerContext", ApplicationContext.class)
				: context;
	}

	private static int workers(DataSource dataSource, JdbcBinderProperties properties) {
		if (properties.workers() > 0) {
			return properties.workers();
		}
		try {
			if (dataSource.isWrapperFor(HikariDataSource.class)) {
				return Math.max(1, dataSource.unwrap(HikariDataSource.class).getMaximumPoolSize() - 2);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The connection pool cannot be asked for its size", ex);
		}
		return WORKERS_WITHOUT_A_POOL;
	}

}
