package dev.busbar.handler;

import java.time.Clock;
import java.util.TreeMap;

import javax.sql.DataSource;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.ForeignEvents;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.bus.inbound.MessageReaders;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.assignment.PartitionAssignment;
import dev.busbar.handler.batch.HandlerBatches;
import dev.busbar.handler.batch.HandlingLifecycle;
import dev.busbar.handler.batch.InputBindings;
import dev.busbar.handler.producer.Producers;
import dev.busbar.handler.scan.HandlerScan;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.Leases;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.partition.PartitionLeases;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds the function beans and binds them to their streams.
 */
@AutoConfiguration(afterName = { "dev.busbar.store.StoreConfiguration", "dev.busbar.outbox.OutboxConfiguration" })
@EnableConfigurationProperties({ StreamProperties.class, HandlingProperties.class, HandlingProperties.Handlers.class,
		ProducerProperties.class })
public class HandlerConfiguration {

	@Bean
	static HandlerScan busbarHandlerScan() {
		return new HandlerScan();
	}

	@Bean
	EventStreams busbarEventStreams(HandlerScan scan) {
		return scan.streams();
	}

	@Bean
	EventTypes busbarEventTypes(HandlerScan scan, JsonMapper json) {
		return DeclaredTypes.of(scan, json);
	}

	@Bean
	@ConditionalOnMissingBean
	CloudEvents busbarCloudEvents(JsonMapper json) {
		return new CloudEvents(json);
	}

	@Bean
	@ConditionalOnMissingBean
	EventHeaders busbarEventHeaders(CloudEvents codec) {
		return new EventHeaders(codec);
	}

	@Bean
	@ConditionalOnMissingBean
	Clock busbarClock() {
		return Clock.systemUTC();
	}

	@Bean
	UnknownNames busbarUnknownNames(HandlerScan scan, Environment environment) {
		return new UnknownNames(scan, environment);
	}

	@Bean
	HandlerRegistry busbarHandlerRegistry(HandlerScan scan, EventTypes types, ProducerProperties properties) {
		return new FoundHandlers(scan, types, properties);
	}

	@Bean
	HandlerBatches busbarHandlerBatches(HandlerScan scan, HandlingProperties properties, EventTypes types, EventBus bus,
			Inbox inbox, Outbox outbox, Redeliveries redeliveries, DeadLetters deadLetters, Leases leases,
			PlatformTransactionManager transactions, @Value("${spring.cloud.stream.default-binder:}") String broker,
			Clock clock) {
		return new HandlerBatches(scan, properties, types, bus, inbox, outbox, redeliveries, deadLetters, leases,
				new TransactionTemplate(transactions), broker, clock);
	}

	@Bean
	MessageReaders busbarMessageReaders(StreamProperties streams, EventHeaders headers, JsonMapper json) {
		return (stream) -> new MessageReader(headers,
				new ForeignEvents(stream, streams.stream(stream.name()).foreignId(), json));
	}

	@Bean
	@ConditionalOnMissingBean
	DatabaseProbe busbarDatabaseProbe(DataSource dataSource) {
		return new DatabaseProbe(dataSource);
	}

	@Bean
	InputBindings busbarInputBindings(HandlerBatches batches, BeanFactory beans, HandlingProperties.Handlers handlers,
			EventTypes types, MessageReaders messages, DatabaseProbe database, PartitionAssignment assignment,
			DataSource dataSource, ObjectProvider<DataSourcePoolMetadataProvider> pools, Environment environment,
			@Value("${spring.cloud.stream.default-binder:}") String broker) {
		return batches
			.bindings(beans, handlers, types, messages, database, BindingDefaults.deadlines(broker, environment),
					connections(dataSource, pools))
			.dividedBy(assignment);
	}

	/** Without end where it is no pool, or none that Spring Boot knows. */
	private static int connections(DataSource dataSource, ObjectProvider<DataSourcePoolMetadataProvider> pools) {
		DataSourcePoolMetadata pool = new CompositeDataSourcePoolMetadataProvider(pools.orderedStream().toList())
			.getDataSourcePoolMetadata(dataSource);
		Integer most = (pool != null) ? pool.getMax() : null;
		return (most != null && most > 0) ? most : Integer.MAX_VALUE;
	}

	@Bean
	PartitionAssignment busbarPartitionAssignment(DataSource dataSource, Inbox inbox,
			PlatformTransactionManager transactions, HandlerScan scan,
			@Value("${spring.cloud.stream.default-binder:}") String broker) {
		boolean leased = BindingDefaults.of(broker).stream().anyMatch(BindingDefaults::leased);
		return new PartitionAssignment(new PartitionLeases(dataSource, transactions, scan.group()), leased);
	}

	@Bean(destroyMethod = "close")
	HandlingLifecycle busbarHandlingLifecycle(HandlerBatches batches, InputBindings bindings, HandlerScan scan,
			@Value("${spring.cloud.stream.default-binder:}") String broker) {
		return new HandlingLifecycle(batches, bindings, "Group '%s' on the broker '%s' handles %s".formatted(
				scan.group(), broker, scan.handlers().isEmpty() ? "no event type" : new TreeMap<>(scan.handlers())));
	}

	@Bean
	Producers busbarProducers(HandlerScan scan, ProducerProperties properties, EventTypes types,
			OutgoingEvents outgoing, BeanFactory beans, Clock clock) {
		return new Producers(scan, properties, types, outgoing, beans, clock);
	}

}
