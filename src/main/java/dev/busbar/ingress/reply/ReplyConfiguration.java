package dev.busbar.ingress.reply;

import java.time.Clock;
import java.time.Duration;

import dev.busbar.event.CloudEvents;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.outbox.OutboxProperties;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.outcome.Outcomes;
import dev.busbar.store.retention.InboxProperties;
import org.apache.catalina.valves.ValveBase;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Request and reply over HTTP, where there is a database that tells what was handled.
 */
@AutoConfiguration(afterName = { "dev.busbar.store.StoreConfiguration", "dev.busbar.outbox.OutboxConfiguration",
		"dev.busbar.handler.HandlerConfiguration" }, beforeName = "dev.busbar.ingress.IngressConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean({ Outcomes.class, Outbox.class, HandlerRegistry.class, OutboxProperties.class,
		InboxProperties.class })
@EnableConfigurationProperties(ReplyProperties.class)
public final class ReplyConfiguration {

	@Bean
	Waiters busbarWaiters(Outcomes outcomes, ReplyProperties properties) {
		return new Waiters(outcomes, properties);
	}

	@Bean
	Replies busbarReplies(Waiters waiters, HandlerRegistry registry, Outbox outbox, JsonMapper json,
			ReplyProperties properties, OutboxProperties kept, InboxProperties remembered,
			ObjectProvider<Clock> clock) {
		Duration retention = (kept.retention().compareTo(remembered.retention()) < 0) ? kept.retention()
				: remembered.retention();
		return new Replies(waiters, registry, outbox, new CloudEvents(json), properties.max(), retention,
				clock.getIfUnique(Clock::systemUTC));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ValveBase.class, TomcatServletWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> replyConnectionValve() {
			return (factory) -> factory
				.addContextCustomizers((context) -> context.getPipeline().addValve(new ConnectionValve()));
		}

	}

}
