package dev.busbar.ingress.webhook;

import java.time.Clock;
import java.util.List;

import dev.busbar.bus.EventStreams;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.ingress.EventIntake;
import dev.busbar.ingress.IngressConfiguration;
import dev.busbar.ingress.IngressProperties;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.ingress.access.AccessProperties;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import dev.busbar.ingress.webhook.source.SourceProperties;
import dev.busbar.ingress.webhook.source.WebhookSources;
import dev.busbar.store.DeadLetters;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes in the webhooks of providers.
 */
@AutoConfiguration(after = IngressConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SourceProperties.class)
public class WebhookConfiguration {

	@Bean
	static OpenSourceCheck busbarOpenSourceCheck(WebhookSources sources) {
		return new OpenSourceCheck(sources);
	}

	@Bean
	static SecretSanitizer busbarSecretSanitizer() {
		return new SecretSanitizer();
	}

	@Bean
	WebhookSources busbarWebhookSources(SourceProperties properties, ObjectProvider<Clock> clock) {
		return new WebhookSources(properties, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	WebhookCredentials busbarWebhookCredentials(WebhookSources sources, DispatcherServletPath servlet) {
		return new WebhookCredentials(sources, servlet.getPrefix());
	}

	@Bean
	WebhookLimits busbarWebhookLimits(AccessProperties access, IngressProperties ingress, ObjectProvider<Clock> clock) {
		return new WebhookLimits(access.rateLimit(), ingress.unverifiedPerSecond(),
				clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	FilterRegistrationBean<WebhookFilter> busbarWebhookFilter(WebhookLimits limits, DispatcherServletPath servlet) {
		FilterRegistrationBean<WebhookFilter> registration = new FilterRegistrationBean<>(new WebhookFilter(limits));
		registration.addUrlPatterns(servlet.getRelativePath(WebhooksEndpoint.PATH + "/*"));
		// Before the filter that has requests wait for their bodies.
		registration.setOrder(Ordered.LOWEST_PRECEDENCE - 100);
		return registration;
	}

	@Bean
	WebhooksEndpoint busbarWebhooksEndpoint(WebhookSources sources, RequestBody body, EventTypes types,
			EventAccess access, EventIntake intake, WebhookLimits limits, DeadLetters letters, HandlerRegistry registry,
			ObjectProvider<PlatformTransactionManager> transactions, ObjectProvider<Clock> clock, JsonMapper json) {
		Clock time = clock.getIfUnique(Clock::systemUTC);
		PlatformTransactionManager manager = transactions.getIfUnique();
		return new WebhooksEndpoint(sources, body,
				WebhookRequest.mapper(json.tokenStreamFactory().streamReadConstraints()),
				new WebhookEvents(new CloudEvents(json), time), types, access, intake,
				new UnknownWebhooks(types,
						new DeadLetterOffice(letters, new EventStreams(List.of()), registry.group(), "webhook", time),
						(manager != null) ? new TransactionTemplate(manager)
								: TransactionOperations.withoutTransaction()),
				limits);
	}

}
