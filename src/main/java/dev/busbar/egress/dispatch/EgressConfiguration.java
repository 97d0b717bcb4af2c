package dev.busbar.egress.dispatch;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import javax.net.ssl.SSLContext;
import javax.sql.DataSource;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.egress.delivery.DeliveryArchive;
import dev.busbar.egress.delivery.DeliveryClaims;
import dev.busbar.egress.delivery.DeliveryProperties;
import dev.busbar.egress.delivery.DeliveryRows;
import dev.busbar.egress.delivery.DeliveryWriter;
import dev.busbar.egress.delivery.DispatchSignal;
import dev.busbar.egress.delivery.RetrySchedule;
import dev.busbar.egress.endpoint.EndpointHealth;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.SubscriptionProperties;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.egress.webhook.WebhookClient;
import dev.busbar.event.EventTypes;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.retention.Purge;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends events as webhooks to those who have subscribed. An instance that sends none
 * writes deliveries like any other, since all share the feed's group: else those of the
 * events that come to it would never be sent.
 */
@AutoConfiguration(afterName = { "dev.busbar.store.StoreConfiguration", "dev.busbar.outbox.RelayConfiguration",
		"dev.busbar.handler.HandlerConfiguration" })
@ConditionalOnBean({ StoreSchema.class, EventTypes.class, OutgoingEvents.class })
@ConditionalOnBooleanProperty("busbar.feed.enabled")
@EnableConfigurationProperties({ DeliveryProperties.class, SubscriptionProperties.class })
public class EgressConfiguration {

	private static final String SENDS = "busbar.deliveries.enabled";

	private final String application;

	private final Clock clock;

	EgressConfiguration(Environment environment, ObjectProvider<Clock> clock) {
		String name = environment.getProperty("spring.application.name", "");
		this.application = name.isBlank() ? "busbar" : name;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	@Bean
	AddressRules busbarAddressRules(DeliveryProperties properties) {
		return new AddressRules(properties.allowedNetworks(), properties.allowedHosts());
	}

	@Bean
	HostAddresses busbarHostAddresses(AddressRules rules) {
		return new HostAddresses(rules, InetAddress::getAllByName, System::nanoTime);
	}

	@Bean
	Endpoints busbarEndpoints(DataSource dataSource, StoreSchema schema) {
		return new Endpoints(dataSource, this.application);
	}

	@Bean(initMethod = "layDeclared")
	Subscriptions busbarSubscriptions(DataSource dataSource, SubscriptionProperties declared, AddressRules addresses,
			DeliveryProperties properties, Endpoints endpoints, PlatformTransactionManager transactions) {
		return new Subscriptions(dataSource, new Subscriptions.Settings(this.application, declared.subscriptions(),
				addresses, properties.encryptionKey()), endpoints, new TransactionTemplate(transactions), this.clock);
	}

	@Bean
	DeliveryRows busbarDeliveryRows(DataSource dataSource, StoreSchema schema) {
		return new DeliveryRows(dataSource, this.application);
	}

	@Bean
	DeliveryClaims busbarDeliveryClaims(DataSource dataSource, StoreSchema schema) {
		return new DeliveryClaims(dataSource, this.application);
	}

	@Bean
	RetrySchedule busbarDeliverySchedule(DeliveryProperties properties) {
		return new RetrySchedule(properties.schedule(), properties.jitter(),
				() -> ThreadLocalRandom.current().nextDouble());
	}

	@Bean
	DispatchSignal busbarDispatchSignal() {
		return new DispatchSignal();
	}

	@Bean
	DeliveryWriter busbarDeliveryWriter(Subscriptions subscriptions, DeliveryRows rows, RetrySchedule schedule,
			DispatchSignal signal) {
		return new DeliveryWriter(subscriptions, rows, schedule, signal, this.clock);
	}

	@Bean
	DeliveryArchive busbarDeliveryArchive(DataSource dataSource, StoreSchema schema, DispatchSignal signal,
			PlatformTransactionManager transactions) {
		return new DeliveryArchive(dataSource, this.application, signal, new TransactionTemplate(transactions),
				this.clock);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = SENDS, matchIfMissing = true)
	WebhookClient busbarWebhookClient(HostAddresses addresses, DeliveryProperties properties,
			ObjectProvider<SslBundles> bundles) {
		return new WebhookClient(addresses,
				new WebhookClient.Settings(properties.deadline(), properties.maxInFlight(), properties.maxRetryAfter()),
				ssl(properties.sslBundle(), bundles), this.clock);
	}

	private static @Nullable SSLContext ssl(@Nullable String name, ObjectProvider<SslBundles> bundles) {
		return (name != null && !name.isBlank()) ? bundles.getObject().getBundle(name).createSslContext() : null;
	}

	@Bean
	@ConditionalOnBooleanProperty(name = SENDS, matchIfMissing = true)
	Dispatcher busbarDispatcher(Subscriptions subscriptions, Endpoints endpoints, DeliveryRows rows,
			DeliveryClaims claims, RetrySchedule schedule, WebhookClient client, DispatchSignal signal,
			DeliveryProperties properties, OutgoingEvents outgoing, PlatformTransactionManager transactions) {
		TransactionTemplate transaction = new TransactionTemplate(transactions);
		EndpointHealth health = new EndpointHealth(properties.circuit().failures(), properties.circuit().firstPause(),
				properties.circuit().maxPause(), properties.disableAfter());
		DisabledEndpoints disabled = new DisabledEndpoints(this.application, (events) -> outgoing.store(events, null));
		DeliveryOutcomes outcomes = new DeliveryOutcomes(rows, claims, schedule, endpoints, health, subscriptions,
				disabled, transaction, this.clock);
		return new Dispatcher(new DispatchRound(subscriptions, endpoints, claims, outcomes, client, signal, transaction,
				properties, this.clock), signal);
	}

	@Bean
	Purge forgottenDeliveryPurge(DeliveryRows rows, Subscriptions subscriptions) {
		// Instances with another configuration may know it; by then the schedule is over.
		Duration age = Duration.ofDays(7);
		return new Purge("deliveries without a subscription", age, (jdbc, before, limit) -> rows
			.cancelForgotten(subscriptions.declared(), before.toInstant(), before.toInstant().plus(age), limit));
	}

	@Bean
	static Purge deliveryPurge(DeliveryProperties properties) {
		return new Purge("deliveries", properties.retention(), """
				delete from busbar_delivery where number in (select number from busbar_delivery
				where ended < ? and state <> 'DEAD' order by ended limit ?)
				""");
	}

	@Bean
	static Purge deadDeliveryPurge(DeliveryProperties properties) {
		return new Purge("dead deliveries", properties.deadRetention(), """
				delete from busbar_delivery where number in (select number from busbar_delivery
				where ended < ? and state = 'DEAD' order by ended limit ?)
				""");
	}

	// What belongs to a delivery goes after it: an attempt counts from its start, an
	// event
	// from when it came, both before the delivery's end.
	@Bean
	static Purge deliveryAttemptPurge(DeliveryProperties properties) {
		return new Purge("delivery attempts", properties.retention(), """
				delete from busbar_delivery_attempt where (delivery, attempt) in (
				select a.delivery, a.attempt from busbar_delivery_attempt a
				where a.started < ? and not exists (select 1 from busbar_delivery d where d.number = a.delivery)
				order by a.started limit ?)
				""");
	}

	@Bean
	static Purge deliveryEventPurge(DeliveryProperties properties) {
		return new Purge("events of deliveries", properties.retention(), """
				delete from busbar_delivery_event where number in (select number from busbar_delivery_event e
				where e.stored < ? and not exists (select 1 from busbar_delivery d where d.event = e.number)
				order by e.stored limit ?)
				""");
	}

}
