package dev.busbar.ingress;

import java.time.Clock;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventTypes;
import dev.busbar.ingress.access.AccessConfiguration;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.body.ArrivalValve;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.ingress.reply.Replies;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.DeliveryTrail;
import dev.busbar.store.FeedTrail;
import dev.busbar.store.inbox.Inbox;
import org.apache.catalina.valves.ValveBase;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Takes events in over HTTP.
 */
@AutoConfiguration(after = AccessConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(IngressProperties.class)
public class IngressConfiguration {

	@Bean
	FilterRegistrationBean<IngressFilter> busbarIngressFilter(RequestBody body, IngressProperties properties,
			DispatcherServletPath servlet) {
		FilterRegistrationBean<IngressFilter> registration = new FilterRegistrationBean<>(
				new IngressFilter(body, properties.maxBody().toBytes()));
		registration.addUrlPatterns(servlet.getRelativePath(RequestFormat.EVENTS),
				servlet.getRelativePath(RequestFormat.WEBHOOK), servlet.getRelativePath(RequestFormat.WEBHOOKS + "*"));
		return registration;
	}

	@Bean
	RequestBody busbarRequestBody(IngressProperties properties) {
		return new RequestBody((int) properties.maxBody().toBytes(), properties.bodyTimeout());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ValveBase.class, TomcatServletWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> busbarArrivalValve() {
			return (factory) -> factory
				.addContextCustomizers((context) -> context.getPipeline().addValve(new ArrivalValve()));
		}

	}

	@Bean
	RecentEvents busbarRecentEvents(IngressProperties properties) {
		return new RecentEvents(properties.recent());
	}

	@Bean
	EventIntake busbarEventIntake(EventTypes types, OutgoingEvents outgoing, RecentEvents recent,
			IngressProperties properties) {
		return new EventIntake(types, outgoing, properties.whenBrokerAway(), recent, Clock.systemUTC());
	}

	@Bean
	EventsEndpoint busbarEventsEndpoint(RequestBody body, EventIntake intake, EventAccess access,
			ObjectProvider<Replies> replies, JsonMapper json, IngressProperties properties) {
		return new EventsEndpoint(
				body, new CloudEvents(json), new WebhookFormat(json.tokenStreamFactory().streamReadConstraints(),
						properties.source(), Clock.systemUTC()),
				access, intake, replies.getIfAvailable(), json, properties.maxBatch());
	}

	@Bean
	TrailEndpoint busbarTrailEndpoint(RecentEvents recent, Inbox inbox, Outbox outbox, DeadLetters deadLetters,
			Schedule schedule, ObjectProvider<DeliveryTrail> deliveries, ObjectProvider<FeedTrail> feed) {
		return new TrailEndpoint(new EventTrail(recent, inbox, outbox, deadLetters, schedule,
				deliveries.getIfAvailable(), feed.getIfAvailable(), Clock.systemUTC()));
	}

	@Bean
	IngressProblems busbarIngressProblems() {
		return new IngressProblems();
	}

}
