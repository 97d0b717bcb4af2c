package dev.busbar.store;

import java.time.Clock;

import javax.sql.DataSource;

import dev.busbar.store.archive.DeadLetterProperties;
import dev.busbar.store.inbox.AnnouncingInbox;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.JdbcInbox;
import dev.busbar.store.letter.LetterHeaders;
import dev.busbar.store.outcome.Outcomes;
import dev.busbar.store.retention.InboxProperties;
import dev.busbar.store.retention.Purge;
import dev.busbar.store.retention.Retention;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * The inbox, the dead letters and the leases in the application's database.
 */
@AutoConfiguration(after = { DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
		TransactionAutoConfiguration.class, FlywayAutoConfiguration.class })
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties({ InboxProperties.class, DeadLetterProperties.class })
public final class StoreConfiguration {

	// After the application's own migrations, which refuse a schema that has tables
	// already.
	@Bean
	@DependsOnDatabaseInitialization
	@ConditionalOnMissingBean
	StoreSchema storeSchema(DataSource dataSource) {
		return new StoreSchema(dataSource);
	}

	@Bean
	@ConditionalOnMissingBean
	Inbox inbox(DataSource dataSource, StoreSchema schema, ObjectProvider<Clock> clock,
			ObjectProvider<Inbox.Listener> listeners) {
		// Asked for no sooner than something is handled, as below.
		return new AnnouncingInbox(new JdbcInbox(dataSource, schema, clock.getIfUnique(Clock::systemUTC)),
				SingletonSupplier.of(() -> listeners.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnMissingBean
	Outcomes outcomes(DataSource dataSource, StoreSchema schema) {
		return new Outcomes(dataSource);
	}

	@Bean
	@ConditionalOnMissingBean
	DeadLetters deadLetters(DataSource dataSource, StoreSchema schema, DeadLetterProperties properties,
			ObjectProvider<DeadLetters.Listener> listeners) {
		// Asked for no sooner than there is a letter: a listener may need what keeps
		// letters.
		return new JdbcDeadLetters(dataSource, new LetterHeaders(properties.headers()),
				(letter) -> listeners.orderedStream().forEach((listener) -> listener.added(letter)));
	}

	@Bean
	@ConditionalOnMissingBean
	Leases leases(DataSource dataSource, StoreSchema schema, PlatformTransactionManager transactions) {
		return new JdbcLeases(dataSource, transactions);
	}

	@Bean
	Purge inboxPurge(InboxProperties properties) {
		return new Purge("inbox", properties.retention(), """
				delete from busbar_inbox where event_key in (select event_key from busbar_inbox
				where state = 'HANDLED' and reached < ? order by reached limit ?)
				""");
	}

	@Bean
	Purge handlingPurge(InboxProperties properties) {
		return new Purge("handling", properties.retention(), """
				delete from busbar_handling where number in (select number from busbar_handling
				where finished < ? order by finished limit ?)
				""");
	}

	@Bean
	@ConditionalOnMissingBean
	Retention retention(DataSource dataSource, PlatformTransactionManager transactions, Leases leases,
			ObjectProvider<Purge> purges, ObjectProvider<Clock> clock) {
		return new Retention(dataSource, transactions, leases, purges.orderedStream().toList(),
				clock.getIfUnique(Clock::systemUTC));
	}

}
