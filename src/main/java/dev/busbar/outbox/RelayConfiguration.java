package dev.busbar.outbox;

import java.time.Clock;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStreams;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventTypes;
import dev.busbar.outbox.outgoing.OutboxSize;
import dev.busbar.outbox.outgoing.OutgoingRows;
import dev.busbar.outbox.outgoing.OutgoingSlots;
import dev.busbar.outbox.outgoing.RefusedEvents;
import dev.busbar.outbox.outgoing.Relay;
import dev.busbar.outbox.outgoing.RelayBatch;
import dev.busbar.outbox.outgoing.StoredBacklog;
import dev.busbar.outbox.outgoing.StoringEvents;
import dev.busbar.outbox.outgoing.TransactionalPublisher;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.schedule.JdbcSchedule;
import dev.busbar.outbox.schedule.OutboxMetrics;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.inbox.Inbox;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Events that wait in the application's database to be published, who stores them, and
 * the relay that publishes them.
 */
@AutoConfiguration(after = StoreConfiguration.class, afterName = "dev.busbar.handler.HandlerConfiguration")
@ConditionalOnBean({ StoreSchema.class, EventTypes.class })
@EnableConfigurationProperties(OutboxProperties.class)
public final class RelayConfiguration {

	private final String application;

	private final Clock clock;

	RelayConfiguration(Environment environment, ObjectProvider<Clock> clock) {
		String name = environment.getProperty("spring.application.name", "");
		this.application = name.isBlank() ? "busbar" : name;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	@Bean
	OutgoingRows busbarOutgoingRows(DataSource dataSource, StoreSchema schema) {
		return new OutgoingRows(dataSource, this.clock);
	}

	@Bean
	OutgoingSlots busbarOutgoingSlots(DataSource dataSource, OutgoingRows rows, EventTypes types) {
		List<String> names = types.all().stream().map(EventDefinition::name).toList();
		OutgoingSlots slots = new OutgoingSlots(dataSource, rows, this.application, names);
		slots.lay();
		return slots;
	}

	@Bean
	OutboxSize busbarOutboxSize(DataSource dataSource, StoreSchema schema, OutboxProperties properties) {
		return new OutboxSize(dataSource, this.application, properties.maxEvents());
	}

	@Bean
	StoredBacklog busbarBacklog(DataSource dataSource, OutgoingRows rows, OutgoingSlots slots, OutboxSize size,
			PlatformTransactionManager transactions, RelaySignal signal, Environment environment) {
		BrokerAway away = Binder.get(environment)
			.bind("busbar.ingress.when-broker-away", BrokerAway.class)
			.orElse(BrokerAway.STORE);
		return new StoredBacklog(dataSource, rows, slots, size, new TransactionTemplate(transactions), signal,
				new StoredBacklog.Settings(this.application, away == BrokerAway.STORE,
						"jdbc".equals(broker(environment))),
				this.clock);
	}

	@Bean
	OutgoingEvents busbarOutgoingEvents(EventBus bus, StoredBacklog backlog) {
		return new StoringEvents(bus, backlog);
	}

	@Bean
	EventPublisher eventPublisher(EventTypes types, EventBus bus, StoredBacklog backlog) {
		return new TransactionalPublisher(types, bus, backlog, this.application, this.clock);
	}

	@Bean
	RefusedEvents busbarRefusedEvents(DeadLetters letters, Inbox inbox, Redeliveries redeliveries, EventStreams streams,
			Environment environment) {
		return new RefusedEvents(letters, inbox, redeliveries, streams, this.application, broker(environment),
				this.clock);
	}

	private static String broker(Environment environment) {
		return environment.getProperty("spring.cloud.stream.default-binder", "");
	}

	@Bean
	Relay busbarRelay(OutgoingSlots slots, EventBus bus, BrokerWatch watch, RefusedEvents refused, OutboxSize size,
			PlatformTransactionManager transactions, RelaySignal signal) {
		return new Relay(new RelayBatch(slots, bus, watch, refused, size, transactions, this.clock), signal, watch);
	}

	@Bean
	@ConditionalOnMissingBean
	Schedule busbarSchedule(DataSource dataSource, StoreSchema schema, PlatformTransactionManager transactions) {
		return new JdbcSchedule(dataSource, new TransactionTemplate(transactions), this.application, this.clock);
	}

	/**
	 * Only where there are metrics.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Metrics {

		@Bean
		OutboxMetrics busbarOutboxMetrics(DataSource dataSource, StoreSchema schema, RelayConfiguration relay) {
			return new OutboxMetrics(dataSource, relay.application, relay.clock);
		}

	}

}
