package dev.busbar.egress.feed;

import java.time.Clock;

import javax.sql.DataSource;

import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.FeedTrail;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.retention.Purge;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The feed in the application's database, if it is on.
 */
@AutoConfiguration(after = StoreConfiguration.class)
@ConditionalOnBean(StoreSchema.class)
@ConditionalOnProperty("busbar.feed.enabled")
@EnableConfigurationProperties(FeedProperties.class)
public final class FeedConfiguration {

	@Bean
	JdbcFeed busbarFeed(DataSource dataSource, StoreSchema schema, Environment environment, FeedProperties properties,
			ObjectProvider<Clock> clock) {
		return new JdbcFeed(dataSource, schema, application(environment), properties,
				clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	FeedTrail busbarFeedTrail(DataSource dataSource, StoreSchema schema, Environment environment) {
		return new JdbcFeedTrail(dataSource, application(environment));
	}

	private static String application(Environment environment) {
		String name = environment.getProperty("spring.application.name", "");
		return name.isBlank() ? "busbar" : name;
	}

	@Bean
	Purge feedPurge(FeedProperties properties) {
		// In the order of the feed, so that what is kept has no gaps.
		return new Purge("feed", properties.retention(), """
				delete from busbar_feed where event_key in (select event_key from busbar_feed
				where added < ? order by added, number limit ?)
				""");
	}

}
