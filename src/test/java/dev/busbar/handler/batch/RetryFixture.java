package dev.busbar.handler.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.ForeignEvents;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.RetryProperties;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.IncomingReader;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.handler.result.Results;
import dev.busbar.handler.scan.EventSide;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import dev.busbar.outbox.OutboxConfiguration;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A handler of one stream on the real stores, with a clock that the test moves and a
 * relay that it calls.
 */
final class RetryFixture implements AutoCloseable {

	static final String GROUP = "shop";

	@EventType("placed")
	record Placed(@EventKey String order, int number) {
	}

	/**
	 * A clock that stands still until it is moved, but never tells a time twice.
	 */
	static final class TestClock extends Clock {

		private Instant now = Instant.parse("2030-01-01T00:00:00Z");

		@Override
		public synchronized Instant instant() {
			this.now = this.now.plusNanos(1000);
			return this.now;
		}

		synchronized void advance(Duration duration) {
			this.now = this.now.plus(duration);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class, StoreConfiguration.class, OutboxConfiguration.class })
	static class Stores {

		@Bean
		TestClock clock() {
			return new TestClock();
		}

	}

	private static final EventStream STREAM = new EventStream("placed", "placed", Set.of("placed"), 2, true);

	private static final CloudEvents CODEC = new CloudEvents(JsonMapper.builder().build());

	private final ConfigurableApplicationContext context;

	private final JsonMapper json = JsonMapper.builder().build();

	private final EventTypes types = new EventTypes(List.of(Placed.class), this.json);

	final TestClock clock;

	final JdbcTemplate jdbc;

	final Inbox inbox;

	final DeadLetters deadLetters;

	final Redeliveries redeliveries;

	final TransactionTemplate transaction;

	final HandlingProperties properties = new HandlingProperties(2, Duration.ZERO, Duration.ZERO, 200,
			Duration.ofMillis(500), Duration.ofSeconds(1));

	Duration inPlace = Duration.ofMinutes(5);

	RetryFixture() {
		this("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa");
	}

	/** On a database without tables. */
	RetryFixture(String url, String user) {
		this.context = new SpringApplicationBuilder(Stores.class).web(WebApplicationType.NONE)
			.run("--spring.datasource.url=" + url, "--spring.datasource.username=" + user,
					"--spring.main.banner-mode=off", "--busbar.dead-letters.headers=x-tenant");
		this.clock = this.context.getBean(TestClock.class);
		this.jdbc = new JdbcTemplate(this.context.getBean(DataSource.class));
		this.inbox = this.context.getBean(Inbox.class);
		this.deadLetters = this.context.getBean(DeadLetters.class);
		this.redeliveries = this.context.getBean(Redeliveries.class);
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc.execute("create table effect (number integer generated by default as identity, id varchar(100))");
	}

	void clear() {
		List.of("effect", "busbar_inbox", "busbar_outgoing", "busbar_gate", "busbar_dead_letter")
			.forEach((table) -> this.jdbc.execute("delete from " + table));
	}

	RetryPolicy policy(RetryProperties.Order order, Duration... delays) {
		return RetryPolicy.of("handle", new RetryProperties(null, null, null, 0, List.of(delays), order, List.of()),
				this.properties);
	}

	/** A handler whose effect is a row with the event's id. */
	HandlerBatch batch(RetryPolicy policy, Consumer<Event<Placed>> handler) {
		FunctionBean bean = new FunctionBean("handle", FunctionKind.CONSUMER,
				new EventSide(List.of(Placed.class), false, true), EventSide.NONE);
		Consumer<Event<Placed>> target = (event) -> {
			handler.accept(event);
			this.jdbc.update("insert into effect (id) values (?)", event.id());
		};
		Patience patience = new Patience();
		Outbox outbox = this.context.getBean(Outbox.class);
		EventBus bus = (events) -> {
		};
		DeadLetterOffice office = new DeadLetterOffice(this.deadLetters, new EventStreams(List.of()), GROUP, "test",
				this.clock);
		ResultPublisher publisher = new ResultPublisher(bus, outbox, office, this.transaction, this.properties,
				patience);
		HandlingStores stores = new HandlingStores(GROUP, this.inbox, outbox,
				new Results(GROUP, this.types, this.clock), publisher, office, this.redeliveries, this.clock);
		IncomingReader reader = new IncomingReader(GROUP, STREAM,
				new MessageReader(new EventHeaders(new CloudEvents(this.json)),
						new ForeignEvents(STREAM, "random", this.json)),
				this.types, Map.of("placed", new HandlerFunction(bean, () -> target, false, policy)));
		BatchTransaction commits = new BatchTransaction(this.transaction, publisher,
				new DatabaseProbe(this.context.getBean(DataSource.class)), this.properties, patience);
		return new HandlerBatch(STREAM, reader, stores, commits, publisher, this.properties, patience, this.inPlace);
	}

	Event<byte @Nullable []> event(String id, @Nullable String key) {
		byte[] data = this.types.encode(new Placed((key != null) ? key : "", 1));
		return new Event<>(id, "/test", "placed", null, null, key, null, null, null, null, Map.of(), data);
	}

	/** What a relay would send now, in its order. */
	List<Event<byte @Nullable []>> relay() {
		List<UUID> due = this.jdbc.queryForList(
				"select token from busbar_outgoing where due <= ? order by slot, due, number", UUID.class,
				time(this.clock.instant()));
		Map<UUID, dev.busbar.outbox.redelivery.Redelivery> found = this.redeliveries.find(due);
		List<Event<byte @Nullable []>> sent = new ArrayList<>();
		for (UUID token : due) {
			sent.add(marked(found.get(token).event(), GROUP, token.toString()));
			this.jdbc.update("update busbar_outgoing set due = ? where token = ?",
					time(this.clock.instant().plus(Duration.ofMinutes(10))), token);
		}
		return sent;
	}

	static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	static Event<byte @Nullable []> marked(Event<byte @Nullable []> event, String group, String token) {
		return new Event<>(event.id(), event.source(), event.type(), null, null, event.key(), null, null, null, null,
				Map.of(Redeliveries.GROUP, group, Redeliveries.TOKEN, token), event.data());
	}

	static Message<?> delivery(List<Event<byte @Nullable []>> events, int partition) {
		List<Object> payloads = new ArrayList<>();
		List<Map<String, Object>> headers = new ArrayList<>();
		for (Event<byte @Nullable []> event : events) {
			payloads.add(event.data());
			headers.add(headers(event, partition));
		}
		return MessageBuilder.withPayload(payloads).setHeader("jdbc_batchedHeaders", headers).build();
	}

	/** A foreign message in the structured mode, with headers of its sender. */
	static Message<?> structured(Event<byte @Nullable []> event, int partition, long offset) {
		Map<String, Object> headers = Map.of("content-type", "application/cloudevents+json", "x-tenant", "acme",
				"x-password", "canary", "jdbc_partition", partition, "jdbc_offset", offset);
		return MessageBuilder.withPayload(List.of(CODEC.encode(event)))
			.setHeader("jdbc_batchedHeaders", List.of(headers))
			.build();
	}

	static Map<String, Object> headers(Event<?> event, int partition) {
		Map<String, Object> headers = new HashMap<>(EventHeaders.write(event, EventHeaders.AMQP_PREFIX));
		headers.put("jdbc_partition", partition);
		headers.put("jdbc_offset", 1L);
		return headers;
	}

	List<String> effects() {
		return this.jdbc.queryForList("select id from effect order by number", String.class);
	}

	InboxEntry entry(String id) {
		return this.inbox.find(id, "/test", 1).get(0);
	}

	DeadLetter letter(String id) {
		return this.deadLetters.find(id).get(0);
	}

	int waiting() {
		Integer count = this.jdbc.queryForObject(
				"select (select count(*) from busbar_outgoing) + (select count(*) from busbar_gate)", Integer.class);
		return (count != null) ? count : 0;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
