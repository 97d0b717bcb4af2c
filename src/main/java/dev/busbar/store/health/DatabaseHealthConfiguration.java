package dev.busbar.store.health;

import java.time.Duration;

import javax.sql.DataSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * The database's health, in place of Spring Boot's, which waits for a connection as long
 * as the pool does. {@code management.health.db.enabled} switches it off.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class,
		beforeName = "org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration")
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnEnabledHealthIndicator("db")
class DatabaseHealthConfiguration {

	/**
	 * Longer than a pool lets wait, so that a busy one is not taken for an absent one.
	 */
	private static final Duration TRUST = Duration.ofSeconds(10);

	@Bean
	@ConditionalOnMissingBean(name = { "dbHealthIndicator", "dbHealthContributor" })
	DatabaseHealth dbHealthIndicator(DataSource dataSource) {
		return new DatabaseHealth(dataSource, TRUST);
	}

}
