package dev.busbar.egress.http;

import java.time.Clock;

import dev.busbar.egress.address.HostAddresses;
import dev.busbar.egress.delivery.DeliveryArchive;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.subscription.Subscriptions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Subscriptions and deliveries over HTTP.
 */
@AutoConfiguration(afterName = "dev.busbar.egress.dispatch.EgressConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Subscriptions.class)
public class EgressWebConfiguration {

	@Bean
	SubscriptionsEndpoint busbarSubscriptionsEndpoint(Subscriptions subscriptions, HostAddresses addresses,
			DeliveryRows rows, RetrySchedule schedule, DispatchSignal signal, PlatformTransactionManager transactions,
			Environment environment, ObjectProvider<Clock> clock) {
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
