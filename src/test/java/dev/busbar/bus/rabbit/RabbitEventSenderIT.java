package dev.busbar.bus.rabbit;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MetricsCollector;
import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.rabbit.publish.RabbitEventSender;
import dev.busbar.testing.RabbitServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@TestInstance(Lifecycle.PER_CLASS)
class RabbitEventSenderIT {

	private static final int HANDLED = 0;

	private static final int OPEN = 1;

	private static final int PLAIN = 2;

	private TcpProxy proxy;

	private RabbitApp app;

	private RabbitEventSender sender;

	@BeforeAll
	void start() throws Exception {
		this.proxy = new TcpProxy(RabbitServer.shared().port());
		this.app = new RabbitApp(this.proxy.port(),
				(prefix) -> List.of(new EventStream(prefix + "placed", "placed", Set.of("order.placed"), 2, true),
						new EventStream(prefix + "accepted", "accepted", Set.of("order.accepted"), 2, false),
						new EventStream(prefix + "hello", "hello", Set.of("hello"), 2, false)),
				false,
				Map.of("busbar.rabbit.streams[PREFIX.hello].exchange", "",
						"busbar.rabbit.streams[PREFIX.hello].routing-key", "PREFIX.hello",
						"busbar.rabbit.streams[PREFIX.hello].declare", "false"));
		this.sender = this.app.context.getBean(RabbitEventSender.class);
	}

	@BeforeEach
	void restore() {
		this.proxy.restore();
	}

	@AfterAll
	void stop() throws Exception {
		this.app.close();
		this.proxy.close();
	}

	@Test
	void aBatchOverSeveralStreamsIsConfirmedTogetherAndInOrder() throws Exception {
		String mine = this.app.client.queueDeclare().getQueue();
		this.app.client.queueBind(mine, this.app.stream(OPEN).name(), "#");
		List<OutgoingEvent> batch = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			batch.add(this.app.event((i % 2 == 0) ? HANDLED : OPEN, i % 4 / 2, "b" + i));
		}
		this.sender.send(batch);
		assertThat(batch).allMatch((event) -> event.stored().isDone() && !event.stored().isCompletedExceptionally());
		for (int i = 1; i < 1000; i += 2) {
			assertThat(this.app.client.basicGet(mine, true).getProps().getMessageId()).isEqualTo("b" + i);
		}
		assertThat(this.app.client.queuePurge(this.app.queue(HANDLED, 0)).getMessageCount()).isEqualTo(250);
		assertThat(this.app.client.queuePurge(this.app.queue(HANDLED, 1)).getMessageCount()).isEqualTo(250);
	}

	@Test
	void aStoppedSenderHasClosedItsChannelSoThatItsConnectionMayGo() throws Exception {
		assertThat(closings((connections) -> {
		})).hasSize(1);
	}

	/** The client's metrics fail at a channel that is closed after its connection. */
	@Test
	void aSenderThatStopsAfterItsConnectionLeavesItsChannelAlone() throws Exception {
		assertThat(closings(CachingConnectionFactory::stop)).isNotEmpty()
			.noneMatch((thread) -> thread.contains("publisher"));
	}

	/** The threads on which the channel's end was told, once the sender is stopped. */
	private static List<String> closings(Consumer<CachingConnectionFactory> before) throws Exception {
		RabbitApp stopping = new RabbitApp(
				(prefix) -> List.of(new EventStream(prefix + "placed", "placed", Set.of("order.placed"), 1, true)),
				false, Map.of());
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		CachingConnectionFactory connections = stopping.context.getBean(CachingConnectionFactory.class);
		connections.getRabbitConnectionFactory().setMetricsCollector(collector(threads));
		connections.resetConnection();
		stored(stopping.send(stopping.event(0, 0, "last")));
		threads.clear();
		before.accept(connections);
		stopping.context.getBean(RabbitEventSender.class).destroy();
		List<String> told = List.copyOf(threads);
		stopping.close();
		return told;
	}

	/** Listens as the collectors of the client do, which count channels by connection. */
	private static MetricsCollector collector(List<String> threads) {
		return (MetricsCollector) Proxy.newProxyInstance(RabbitEventSenderIT.class.getClassLoader(),
				new Class<?>[] { MetricsCollector.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("newChannel")) {
						((Channel) arguments[0])
							.addShutdownListener((cause) -> threads.add(Thread.currentThread().getName()));
					}
					return null;
				});
	}

	@Test
	void aMessageCarriesTheEnvelope() throws Exception {
		stored(this.app.send(this.app.event(HANDLED, 1, "envelope")));
		GetResponse message = this.app.client.basicGet(this.app.queue(HANDLED, 1), true);
		assertThat(message.getProps().getMessageId()).isEqualTo("envelope");
		assertThat(message.getProps().getType()).isEqualTo("order.placed");
		assertThat(message.getProps().getContentType()).isEqualTo("application/json");
		assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
		assertThat(message.getProps().getHeaders()).hasEntrySatisfying("cloudEvents_id",
				(id) -> assertThat(id).hasToString("envelope"));
		assertThat(message.getProps().getHeaders()).containsKeys("cloudEvents_specversion", "cloudEvents_source",
				"cloudEvents_type");
		assertThat(message.getProps().getHeaders().keySet()).as("one prefix for all, as the binding wants it")
			.allMatch((name) -> name.startsWith("cloudEvents_"));
		assertThat(new String(message.getBody(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":\"envelope\"}");
	}

	@Test
	void anEventOfAHandledStreamThatReachesNoQueueIsRejected() throws Exception {
		this.app.client.queueUnbind(this.app.queue(HANDLED, 1), this.app.stream(HANDLED).name(),
				this.app.stream(HANDLED).name() + "-1");
		try {
			List<OutgoingEvent> batch = this.app.send(this.app.event(HANDLED, 1, "lost"),
					this.app.event(HANDLED, 0, "kept"));
			rejected(batch.get(0), "no queue takes");
			stored(batch.subList(1, 2));
		}
		finally {
			this.app.client.queueBind(this.app.queue(HANDLED, 1), this.app.stream(HANDLED).name(),
					this.app.stream(HANDLED).name() + "-1");
			this.app.client.queuePurge(this.app.queue(HANDLED, 0));
		}
	}

	@Test
	void anEventThatNobodyConsumesYetMayGoNowhere() {
		stored(this.app.send(this.app.event(OPEN, 0, "nowhere")));
	}

	@Test
	void configurationAloneSendsATypeToAPlainQueue() throws Exception {
		String hello = this.app.stream(PLAIN).name();
		rejected(this.app.send(this.app.event(PLAIN, 1, "early")).get(0), "the default exchange");
		this.app.client.queueDeclare(hello, false, false, false, null);
		try {
			stored(this.app.send(this.app.event(PLAIN, 1, "hello")));
			assertThat(this.app.client.basicGet(hello, true).getProps().getMessageId()).isEqualTo("hello");
		}
		finally {
			this.app.client.queueDelete(hello);
		}
		assertThatThrownBy(() -> this.app.raw.createChannel().exchangeDeclarePassive(hello)).as("nothing is declared")
			.hasStackTraceContaining("NOT_FOUND");
	}

	@Test
	void aMissingExchangeFailsItsOwnEventsAlone() throws Exception {
		String exchange = this.app.stream(OPEN).name();
		// A new connection would declare the exchange again.
		stored(this.app.send(this.app.event(HANDLED, 0, "m0")));
		this.app.client.exchangeDelete(exchange);
		try {
			List<OutgoingEvent> batch = this.app.send(this.app.event(HANDLED, 0, "m1"), this.app.event(OPEN, 0, "m2"),
					this.app.event(HANDLED, 0, "m3"), this.app.event(OPEN, 1, "m4"), this.app.event(HANDLED, 0, "m5"));
			rejected(batch.get(1), "no exchange '" + exchange + "'");
			rejected(batch.get(3), "no exchange '" + exchange + "'");
			stored(List.of(batch.get(0), batch.get(2), batch.get(4)));
			stored(this.app.send(this.app.event(HANDLED, 0, "m6")));
		}
		finally {
			this.app.client.exchangeDeclare(exchange, "topic", true);
			this.app.client.queuePurge(this.app.queue(HANDLED, 0));
		}
	}

	@Test
	void anEventWithAVeryLargeEnvelopeHarmsNoOther() throws Exception {
		Map<String, String> extensions = new HashMap<>();
		for (int i = 0; i < 20; i++) {
			extensions.put("extension" + i, "x".repeat(8000));
		}
		List<OutgoingEvent> batch = this.app.send(this.app.event(HANDLED, 0, "f1"),
				this.app.event(HANDLED, 0, "f2", extensions), this.app.event(HANDLED, 0, "f3"),
				this.app.event(HANDLED, 0, "4".repeat(300)));
		assertThat(batch.get(1).stored()).isDone();
		stored(List.of(batch.get(0), batch.get(2), batch.get(3)));
		stored(this.app.send(this.app.event(HANDLED, 0, "f5")));
		this.app.client.queuePurge(this.app.queue(HANDLED, 0));
	}

	@Test
	void aLostConnectionIsToldAtOnceAndReplacedWhenTheBrokerIsBack() throws Exception {
		stored(this.app.send(this.app.event(HANDLED, 0, "c1")));
		RabbitBrokerProbe probe = this.app.context.getBean(RabbitBrokerProbe.class);
		probe.probe();
		this.proxy.cut();
		unavailable(this.app.send(this.app.event(HANDLED, 0, "c2")));
		// The client hears of the end of each connection on a thread of its own.
		await().untilAsserted(() -> assertThatThrownBy(probe::probe).isInstanceOf(Exception.class));
		this.proxy.restore();
		probe.probe();
		stored(this.app.send(this.app.event(HANDLED, 0, "c3")));
		this.app.client.queuePurge(this.app.queue(HANDLED, 0));
	}

	@Test
	void aBrokerThatDoesNotAnswerFailsTheBatchAtTheDeadline() throws Exception {
		try (TcpProxy stalling = new TcpProxy(RabbitServer.shared().port())) {
			RabbitApp impatient = new RabbitApp(stalling.port(),
					(prefix) -> List.of(new EventStream(prefix + "placed", "placed", Set.of("order.placed"), 1, true)),
					false, Map.of("busbar.rabbit.publish-timeout", "2s"));
			try {
				stored(impatient.send(impatient.event(0, 0, "d1")));
				stalling.stall();
				long start = System.nanoTime();
				unavailable(impatient.send(impatient.event(0, 0, "d2")));
				// Before the heartbeat, of which two are missed after ten seconds.
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
				stalling.cut();
				stalling.restore();
				stored(impatient.send(impatient.event(0, 0, "d3")));
			}
			finally {
				impatient.close();
			}
		}
	}

	private static void stored(List<OutgoingEvent> events) {
		assertThat(events).allSatisfy((event) -> assertThat(event.stored()).isCompleted());
	}

	private static void rejected(OutgoingEvent event, String why) {
		assertThat(event.stored()).isCompletedExceptionally();
		assertThatThrownBy(() -> event.stored().join()).hasCauseInstanceOf(EventRejectedException.class)
			.hasMessageContaining(why);
	}

	private static void unavailable(List<OutgoingEvent> events) {
		assertThat(events).allSatisfy((event) -> assertThat(event.stored()).isCompletedExceptionally());
		assertThatThrownBy(() -> events.get(0).stored().join()).hasCauseInstanceOf(BrokerUnavailableException.class);
	}

}
