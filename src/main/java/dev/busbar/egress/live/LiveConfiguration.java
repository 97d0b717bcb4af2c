package dev.busbar.egress.live;

import java.time.Clock;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedConfiguration;
import dev.busbar.egress.feed.FeedProperties;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Readers of the feed, if it is on.
 */
@AutoConfiguration(after = FeedConfiguration.class)
@ConditionalOnBean(Feed.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class LiveConfiguration {

	@Bean
	LiveFeed busbarLiveFeed(Feed feed, FeedProperties properties) {
		return new LiveFeed(feed, properties, Clock.systemUTC());
	}

	@Bean
	@ConditionalOnMissingBean
	FeedAccess busbarFeedAccess() {
		return new AuthorityAccess();
	}

}
