package dev.busbar.egress.sse;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedProperties;
import dev.busbar.egress.live.FeedAccess;
import dev.busbar.egress.live.LiveConfiguration;
import dev.busbar.egress.live.LiveFeed;
import org.apache.catalina.valves.ValveBase;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The feed over HTTP, or why there is none.
 */
@AutoConfiguration(after = LiveConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class SseConfiguration {

	@Bean
	@ConditionalOnBean(LiveFeed.class)
	FeedEndpoint busbarFeedEndpoint(Feed feed, LiveFeed live, FeedAccess access, FeedProperties properties) {
		return new FeedEndpoint(feed, live, access, properties);
	}

	@Bean
	@ConditionalOnMissingBean(LiveFeed.class)
	FeedOffEndpoint busbarFeedOffEndpoint() {
		return new FeedOffEndpoint();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ValveBase.class, TomcatServletWebServerFactory.class })
	@ConditionalOnBean(LiveFeed.class)
	static class TomcatConfiguration {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> feedAbortValve() {
			return (factory) -> factory
				.addContextCustomizers((context) -> context.getPipeline().addValve(new AbortValve()));
		}

	}

}
