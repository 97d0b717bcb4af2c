package dev.busbar.egress.http;

import java.time.Clock;

import dev.busbar.egress.address.HostAddresses;
import dev.busbar.egress.delivery.DeliveryArchive;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.subscription.Subscriptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Subscriptions and deliveries over HTTP, or, without the feed, how to have them.
 */
@AutoConfiguration(afterName = "dev.busbar.egress.dispatch.EgressConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class EgressWebConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(EgressWebConfiguration.class);

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(Subscriptions.class)
	static class On {

		@Bean
		SubscriptionsEndpoint busbarSubscriptionsEndpoint(Subscriptions subscriptions, HostAddresses addresses,
				DeliveryRows rows, RetrySchedule schedule, DispatchSignal signal,
				PlatformTransactionManager transactions, Environment environment, ObjectProvider<Clock> clock) {
			String name = environment.getProperty("spring.application.name", "");
			return new SubscriptionsEndpoint(subscriptions,
					new SubscriptionActions(subscriptions, addresses, rows, schedule, signal,
							new TransactionTemplate(transactions), name.isBlank() ? "busbar" : name,
							clock.getIfUnique(Clock::systemUTC)));
		}

		@Bean
		DeliveriesEndpoint busbarDeliveriesEndpoint(DeliveryArchive archive, Subscriptions subscriptions) {
			return new DeliveriesEndpoint(archive, subscriptions);
		}

		@Bean
		EgressProblems busbarEgressProblems() {
			return new EgressProblems();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(Subscriptions.class)
	static class Off {

		@Bean
		EgressOffEndpoint busbarEgressOffEndpoint(Environment environment) {
			if (Binder.get(environment)
				.bind("busbar.subscriptions", Bindable.mapOf(String.class, Object.class))
				.isBound()) {
				logger.warn("There are subscriptions in the configuration, and no webhooks are sent: set "
						+ "busbar.feed.enabled=true");
			}
			return new EgressOffEndpoint();
		}

	}

}
