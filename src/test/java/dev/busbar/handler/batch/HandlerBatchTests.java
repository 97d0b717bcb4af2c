package dev.busbar.handler.batch;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.busbar.bus.AcknowledgmentException;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.ForeignEvents;
import dev.busbar.bus.inbound.HandlingStoppedException;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.event.ResultIds;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.RetryPolicy;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.messaging.Message;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Handling against the real stores, with a bus and acknowledgments that fail on demand.
 */
class HandlerBatchTests {

	@EventType("placed")
	record Placed(@EventKey String order, int amount) {
	}

	@EventType("accepted")
	record Accepted(@EventKey String order) {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class, StoreConfiguration.class, OutboxConfiguration.class })
	static class Stores {

	}

	private static final EventStream STREAM = new EventStream("placed", "placed", Set.of("placed"), 1, true);

	private static ConfigurableApplicationContext context;

	private final JsonMapper json = JsonMapper.builder().build();

	private final EventTypes types = new EventTypes(List.of(Placed.class, Accepted.class), this.json);

	private final TestBus bus = new TestBus();

	private final Patience patience = new Patience();

	private final String group = "group-" + UUID.randomUUID();

	private final JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));

	private final Inbox inbox = context.getBean(Inbox.class);

	private final Outbox outbox = context.getBean(Outbox.class);

	private final DeadLetters deadLetters = context.getBean(DeadLetters.class);

	private final AtomicInteger calls = new AtomicInteger();

	private DataSource probed = context.getBean(DataSource.class);

	private boolean ownTransaction;

	private HandlingProperties properties = new HandlingProperties(3, Duration.ofMillis(1), Duration.ofMillis(5), 200,
			Duration.ofMillis(500), Duration.ofSeconds(1));

	private final Redeliveries redeliveries = context.getBean(Redeliveries.class);

	private RetryPolicy policy = RetryPolicy.of(this.properties);

	private Duration inPlace = Duration.ofMinutes(5);

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Stores.class).web(WebApplicationType.NONE)
			.run("--spring.datasource.url=jdbc:h2:mem:handling;DB_CLOSE_DELAY=-1");
		new JdbcTemplate(context.getBean(DataSource.class)).execute("create table effect (id varchar(100))");
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void clear() {
		this.jdbc.execute("delete from effect");
	}

	@Test
	void handlesEachEventAndPublishesItsResult() {
		batch(this::accept).handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(effects()).containsExactly("a", "b");
		assertThat(this.bus.published).extracting(Event::type).containsExactly("accepted", "accepted");
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "2");
		assertThat(this.bus.published).extracting(Event::key).containsExactly("a", "b");
	}

	@Test
	void aRedeliveredEventTakesEffectOnce() {
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("1", "a")));
		batch.handleMessage(delivery(event("1", "a"), event("1", "a"), event("2", "b")));
		assertThat(effects()).containsExactly("a", "b");
	}

	@Test
	void aRedeliveredEventPublishesItsUnpublishedResultsUnderTheSameIds() {
		HandlerBatch batch = batch(this::accept);
		this.bus.away = true;
		this.bus.afterRefusal = this.patience::stop;
		assertThatExceptionOfType(HandlingStoppedException.class)
			.isThrownBy(() -> batch.handleMessage(delivery(event("1", "a"))));
		assertThat(effects()).containsExactly("a");
		this.bus.away = false;
		this.patience.resume();
		batch.handleMessage(delivery(event("1", "a")));
		assertThat(effects()).containsExactly("a");
		assertThat(this.bus.published).singleElement().extracting(Event::id).isEqualTo(this.bus.refused.get(0).id());
	}

	@Test
	void eventsThatComeAgainInOneBatchPublishTheirResultsOnceAndInOrder() {
		batch(this::accept).handleMessage(
				delivery(event("1", "a"), event("2", "b"), event("3", "c"), event("2", "b"), event("3", "c")));
		assertThat(effects()).containsExactly("a", "b", "c");
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "2", "3");
	}

	@Test
	void resultsThatWereJustPublishedAreNotPublishedAgain() {
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("1", "a")));
		batch.handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "2");
	}

	@Test
	void resultsWaitInPlaceForTheBrokerAndKeepTheirOrder() {
		this.bus.failures = 3;
		batch(this::accept).handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "2");
	}

	@Test
	void nothingTakesEffectWhenTheAcknowledgmentIsRefused() {
		HandlerBatch batch = batch(this::accept);
		AcknowledgmentCallback refused = (status) -> {
			throw new IllegalStateException("the lease is lost");
		};
		assertThatExceptionOfType(AcknowledgmentException.class)
			.isThrownBy(() -> batch.handleMessage(delivery(refused, event("1", "a"))));
		assertThat(effects()).isEmpty();
		assertThat(this.bus.published).isEmpty();
		batch.handleMessage(delivery(event("1", "a")));
		assertThat(effects()).containsExactly("a");
	}

	@Test
	void aPoisonEventGetsItsAttemptsAndBecomesADeadLetterWhileTheOthersAreHandled() {
		batch((placed) -> {
			if (placed.order().equals("bad")) {
				this.calls.incrementAndGet();
				throw new IllegalStateException("no such item");
			}
			return accept(placed);
		}).handleMessage(delivery(event("1", "a"), event("2", "bad"), event("3", "c")));
		assertThat(effects()).containsExactly("a", "c");
		assertThat(this.calls).as("once in the batch and three times alone").hasValue(4);
		DeadLetter letter = letterOf("2");
		assertThat(letter.attempts()).isEqualTo(3);
		assertThat(letter.handler()).isEqualTo("handle");
		assertThat(letter.exception()).isEqualTo(IllegalStateException.class.getName());
		assertThat(letter.cause()).contains("no such item");
		assertThat(letter.payload()).isEqualTo(event("2", "bad").data());
		assertThat(stateOf("2")).isEqualTo(InboxEntry.State.DEAD);
	}

	@Test
	void anErrorOfAHandlerIsAFailureToo() {
		batch((placed) -> {
			throw new StackOverflowError();
		}).handleMessage(delivery(event("1", "a")));
		assertThat(letterOf("1").exception()).isEqualTo(StackOverflowError.class.getName());
	}

	@Test
	void dataThatDoesNotFitItsTypeIsADeadLetterAtOnce() {
		Event<byte @Nullable []> broken = event("1", "a").withData("{\"amount\":".getBytes(StandardCharsets.UTF_8));
		batch(this::accept).handleMessage(delivery(broken, event("2", "b")));
		assertThat(effects()).containsExactly("b");
		assertThat(letterOf("1").attempts()).isZero();
		assertThat(letterOf("1").payload()).isEqualTo(broken.data());
	}

	@Test
	void otherDataUnderTheSameIdIsADeadLetterAndChangesNothing() {
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("1", "a")));
		batch.handleMessage(delivery(event("1", "other")));
		assertThat(effects()).containsExactly("a");
		assertThat(letterOf("1").cause()).contains("other data");
		assertThat(stateOf("1")).isEqualTo(InboxEntry.State.HANDLED);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aResultThatTheBrokerRefusesIsADeadLetterAndBlocksNothing(boolean transactional) {
		this.bus.transactional = transactional;
		this.bus.rejects = "b";
		batch(this::accept).handleMessage(delivery(event("1", "a"), event("2", "b"), event("3", "c")));
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "3");
		assertThat(letterOf(ResultIds.of("/test", "2", "placed", 0)).type()).isEqualTo("accepted");
		assertThat(effects()).containsExactly("a", "b", "c");
		assertThat(stateOf("2")).isEqualTo(InboxEntry.State.HANDLED);
	}

	@Test
	void theMarksOfPublishedResultsRideInTheNextTransaction() {
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("1", "a")));
		assertThat(this.outbox.unpublished(this.group, List.of(event("1", "a")))).hasSize(1);
		batch.handleMessage(delivery(event("2", "b")));
		assertThat(this.outbox.unpublished(this.group, List.of(event("1", "a")))).isEmpty();
	}

	@Test
	void marksOfATransactionThatIsRolledBackRideInOneAfterIt() {
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("1", "a")));
		AcknowledgmentCallback refused = (status) -> {
			throw new IllegalStateException("the lease is lost");
		};
		assertThatExceptionOfType(AcknowledgmentException.class)
			.isThrownBy(() -> batch.handleMessage(delivery(refused, event("2", "b"))));
		assertThat(this.outbox.unpublished(this.group, List.of(event("1", "a")))).hasSize(1);
		batch.handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(this.outbox.unpublished(this.group, List.of(event("1", "a")))).isEmpty();
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("1", "2");
	}

	@Test
	void resultsAreStoredWithTheTransactionWhereTheBrokerSharesTheDatabase() {
		this.bus.transactional = true;
		HandlerBatch batch = batch(this::accept);
		batch.handleMessage(delivery(event("shared", "a")));
		assertThat(this.bus.published).extracting(Event::causationId).containsExactly("shared");
		assertThat(this.outbox.resultsOf(List.of(this.group), "/test", "shared", 10)).singleElement()
			.satisfies((entry) -> assertThat(entry.published()).isNotNull());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void resultsSayTheHandlingOfTheirCause(boolean transactional) {
		this.bus.transactional = transactional;
		batch(this::accept).handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(this.jdbc.queryForList("""
				select cause_id from busbar_outbox o where o.consumer_group = ? and o.handling =
					(select i.handling from busbar_inbox i where i.event_key = o.cause_key) order by cause_id
				""", String.class, this.group)).containsExactly("1", "2");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theInboxSaysHowLongTheHandlerTook(boolean transactional) {
		this.bus.transactional = transactional;
		batch(this::accept).handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(List.of("1", "2")).allSatisfy((id) -> assertThat(entryOf(id).duration()).isNotNull());
	}

	@Test
	void anEventWithATransactionOfItsOwnIsNotRunAgainForItsNeighbours() {
		this.ownTransaction = true;
		AtomicInteger others = new AtomicInteger();
		batch((placed) -> {
			if (placed.order().equals("bad")) {
				throw new IllegalStateException("no such item");
			}
			others.incrementAndGet();
			return accept(placed);
		}).handleMessage(delivery(event("1", "a"), event("2", "bad"), event("3", "c")));
		assertThat(effects()).containsExactly("a", "c");
		assertThat(others).hasValue(2);
	}

	@Test
	void aDeadLetterThatIsDeliveredAgainIsPassedOver() {
		HandlerBatch batch = batch((placed) -> {
			this.calls.incrementAndGet();
			throw new IllegalStateException("no such item");
		});
		batch.handleMessage(delivery(event("1", "a")));
		batch.handleMessage(delivery(event("1", "a")));
		assertThat(this.calls).hasValue(3);
		assertThat(letterOf("1").attempts()).isEqualTo(3);
	}

	@Test
	void whileTheDatabaseIsAwayNoAttemptIsCounted() {
		AtomicInteger away = new AtomicInteger(10);
		this.probed = new DelegatingDataSource(context.getBean(DataSource.class)) {
			@Override
			public Connection getConnection() throws SQLException {
				if (away.getAndDecrement() > 0) {
					throw new SQLException("connection refused");
				}
				return super.getConnection();
			}
		};
		batch((placed) -> {
			if (this.calls.incrementAndGet() <= 10) {
				throw new DataAccessResourceFailureException("connection lost");
			}
			return accept(placed);
		}).handleMessage(delivery(event("1", "a")));
		assertThat(effects()).containsExactly("a");
		assertThat(this.deadLetters.find("1")).noneMatch((letter) -> letter.group().equals(this.group));
	}

	@Test
	void connectionsThatAreLostToADatabaseThatAnswersAreNoAttempts() {
		batch((placed) -> {
			if (this.calls.incrementAndGet() <= 5) {
				throw new IllegalStateException("wrapped by the handler",
						new SQLException("terminating connection due to administrator command", "57P01"));
			}
			return accept(placed);
		}).handleMessage(delivery(event("1", "a")));
		assertThat(effects()).containsExactly("a");
		assertThat(this.calls).hasValue(6);
	}

	@Test
	void anotherDatabaseThatStaysAwayIsAFailureOfItsHandler() {
		batch((placed) -> {
			this.calls.incrementAndGet();
			throw new IllegalStateException(new SQLException("refused", "08001"));
		}).handleMessage(delivery(event("1", "a"), event("2", "b")));
		assertThat(this.deadLetters.find("1")).anyMatch((letter) -> letter.group().equals(this.group));
		assertThat(this.deadLetters.find("2")).anyMatch((letter) -> letter.group().equals(this.group));
	}

	@Test
	void aResultOfATypeThatOnlyANewerVersionKnowsIsLeftToIt() {
		HandlerBatch batch = batch(this::accept);
		Event<byte @Nullable []> cause = event("1", "a");
		batch.handleMessage(delivery(cause));
		Event<byte @Nullable []> newer = new Event<>("n", "/test", "newer", null, null, "a", null, "1", null, null,
				Map.of(), new byte[] { '{', '}' });
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> this.outbox.add(0, List.of(new Outbox.Result(this.group, cause, newer))));
		this.bus.rejects = "a";
		batch.handleMessage(delivery(cause));
		assertThat(this.deadLetters.find("n")).isEmpty();
		assertThat(this.outbox.unpublished(this.group, List.of(cause))).singleElement()
			.extracting((entry) -> entry.event().id())
			.isEqualTo("n");
	}

	@Test
	void lostRacesAreNoAttempts() {
		batch((placed) -> {
			if (this.calls.incrementAndGet() <= 6) {
				throw new CannotAcquireLockException("deadlock");
			}
			return accept(placed);
		}).handleMessage(delivery(event("1", "a")));
		assertThat(effects()).containsExactly("a");
	}

	@Test
	void nothingIsAcknowledgedWhenHandlingStops() {
		this.patience.stop();
		assertThatExceptionOfType(HandlingStoppedException.class)
			.isThrownBy(() -> batch(this::accept).handleMessage(delivery(event("1", "a"))));
		assertThat(effects()).isEmpty();
	}

	@Test
	void aKeyThatTheDataMarksCountsForMessagesWithoutOne() {
		batch(this::accept).handleMessage(delivery(event("1", "a").withKey(null)));
		assertThat(this.bus.published).extracting(Event::key).containsExactly("a");
	}

	@Test
	void aBatchHandlerIsCalledOnceForNeighbours() {
		List<Integer> sizes = new ArrayList<>();
		Consumer<List<Placed>> many = (all) -> sizes.add(all.size());
		FunctionBean bean = new FunctionBean("handle", FunctionKind.CONSUMER,
				new EventSide(List.of(Placed.class), true, false), EventSide.NONE);
		batch(bean, many).handleMessage(delivery(event("1", "a"), event("2", "b"), event("3", "c")));
		assertThat(sizes).containsExactly(3);
	}

	private @Nullable Object accept(Placed placed) {
		this.jdbc.update("insert into effect values (?)", placed.order());
		return new Accepted(placed.order());
	}

	private List<String> effects() {
		return this.jdbc.queryForList("select id from effect", String.class);
	}

	private DeadLetter letterOf(String id) {
		return this.deadLetters.find(id)
			.stream()
			.filter((letter) -> letter.group().equals(this.group))
			.findFirst()
			.orElseThrow();
	}

	private InboxEntry.State stateOf(String id) {
		return entryOf(id).state();
	}

	private InboxEntry entryOf(String id) {
		return this.inbox.find(id, "/test", 1_000)
			.stream()
			.filter((entry) -> entry.group().equals(this.group))
			.findFirst()
			.orElseThrow();
	}

	private HandlerBatch batch(Function<Placed, @Nullable Object> handler) {
		FunctionBean bean = new FunctionBean("handle", FunctionKind.FUNCTION,
				new EventSide(List.of(Placed.class), false, false),
				new EventSide(List.of(Accepted.class), false, false));
		return batch(bean, handler);
	}

	private HandlerBatch batch(FunctionBean bean, Object target) {
		Clock clock = Clock.systemUTC();
		TransactionTemplate transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		DeadLetterOffice office = new DeadLetterOffice(this.deadLetters, new EventStreams(List.of()), this.group,
				"test", clock);
		ResultPublisher publisher = new ResultPublisher(this.bus, this.outbox, office, transaction, this.properties,
				this.patience);
		HandlingStores stores = new HandlingStores(this.group, this.inbox, this.outbox,
				new Results(this.group, this.types, clock), publisher, office, this.redeliveries, clock);
		IncomingReader reader = new IncomingReader(this.group, STREAM,
				new MessageReader(new EventHeaders(new CloudEvents(this.json)),
						new ForeignEvents(STREAM, "random", this.json)),
				this.types,
				Map.of("placed", new HandlerFunction(bean, () -> target, this.ownTransaction, this.policy)));
		BatchTransaction commits = new BatchTransaction(transaction, publisher, new DatabaseProbe(this.probed),
				this.properties, this.patience);
		return new HandlerBatch(STREAM, reader, stores, commits, publisher, this.properties, this.patience,
				this.inPlace);
	}

	private Event<byte @Nullable []> event(String id, String order) {
		byte[] data = this.types.encode(new Placed(order, 1));
		return new Event<>(id, "/test", "placed", null, null, order, null, null, null, null, Map.of(), data);
	}

	@SafeVarargs
	private static Message<?> delivery(Event<byte @Nullable []>... events) {
		return delivery((status) -> {
		}, events);
	}

	@SafeVarargs
	private static Message<?> delivery(AcknowledgmentCallback acknowledgment, Event<byte @Nullable []>... events) {
		List<Object> payloads = new ArrayList<>();
		List<Map<String, Object>> headers = new ArrayList<>();
		for (Event<byte @Nullable []> event : events) {
			payloads.add(event.data());
			Map<String, Object> own = new HashMap<>(EventHeaders.write(event, EventHeaders.AMQP_PREFIX));
			own.put(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, acknowledgment);
			headers.add(own);
		}
		return MessageBuilder.withPayload(payloads).setHeader("jdbc_batchedHeaders", headers).build();
	}

	/**
	 * A bus that is away, or rejects, on demand.
	 */
	private static final class TestBus implements EventBus {

		private final List<Event<byte @Nullable []>> published = new ArrayList<>();

		private final List<Event<byte @Nullable []>> refused = new ArrayList<>();

		private boolean away;

		private boolean transactional;

		private int failures;

		private @Nullable String rejects;

		private Runnable afterRefusal = () -> {
		};

		@Override
		public boolean publishInTransaction(List<Event<byte @Nullable []>> events,
				BiConsumer<Event<byte @Nullable []>, EventRejectedException> refusal) {
			if (this.transactional) {
				for (Event<byte @Nullable []> event : events) {
					if (rejects(event)) {
						refusal.accept(event, new EventRejectedException("rejected", null));
					}
					else {
						this.published.add(event);
					}
				}
			}
			return this.transactional;
		}

		private boolean rejects(Event<?> event) {
			return event.key() != null && event.key().equals(this.rejects);
		}

		@Override
		public void publishAll(List<Event<byte @Nullable []>> events) {
			if (this.away || this.failures-- > 0) {
				this.refused.addAll(events);
				this.afterRefusal.run();
				throw new BrokerUnavailableException("away", null);
			}
			if (events.stream().anyMatch(this::rejects)) {
				throw new EventRejectedException("rejected", null);
			}
			this.published.addAll(events);
		}

	}

}
