package dev.busbar.handler;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.busbar.bus.BindingDefaults;
import dev.busbar.bus.EventStream;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cloud.stream.binder.test.InputDestination;
import org.springframework.cloud.stream.binder.test.OutputDestination;
import org.springframework.cloud.stream.binder.test.TestChannelBinderConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application as a user writes it, on Spring Cloud Stream's test binder.
 */
@SpringBootTest(webEnvironment = WebEnvironment.MOCK,
		properties = { "spring.cloud.stream.default-binder=integration", "spring.datasource.url=jdbc:h2:mem:app",
				"spring.application.name=shop", "busbar.partitions=1", "busbar.handlers.fail.retry.backoff=10s",
				"busbar.handlers.fail.retry.max-backoff=10s", "spring.datasource.hikari.maximum-pool-size=4" })
class HandlerApplicationTests {

	@EventType("order.placed")
	record Placed(@EventKey String order, int amount) {
	}

	sealed interface Decision permits Accepted, Rejected {

	}

	@EventType("order.accepted")
	record Accepted(@EventKey String order) implements Decision {
	}

	@EventType("order.rejected")
	record Rejected(@EventKey String order, String reason) implements Decision {
	}

	@EventType("order.noted")
	record Noted(String text) {
	}

	@EventType("order.unlucky")
	record Unlucky(@EventKey String order) {
	}

	@EventType("order.counted")
	record Counted(String order) {
	}

	/** A broker that takes a consumer for dead after four seconds. */
	static class Impatient implements BindingDefaults {

		@Override
		public String binder() {
			return "integration";
		}

		@Override
		public Function<EventStream, Duration> deadlines(Environment environment) {
			return (stream) -> Duration.ofSeconds(4);
		}

		@Override
		public Map<String, String> input(EventStream stream, String group, int handled) {
			return Map.of("impatient." + stream.name(), String.valueOf(handled));
		}

		@Override
		public Map<String, String> output(EventStream stream, String group) {
			return Map.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(TestChannelBinderConfiguration.class)
	static class Shop {

		final BlockingQueue<Event<Noted>> noted = new LinkedBlockingQueue<>();

		final AtomicInteger counting = new AtomicInteger();

		final CountDownLatch counted = new CountDownLatch(1);

		@Bean
		Function<Placed, Decision> decide() {
			return (placed) -> (placed.amount() < 100) ? new Accepted(placed.order())
					: new Rejected(placed.order(), "too much");
		}

		@Bean
		Function<Accepted, Optional<Noted>> maybe() {
			return (accepted) -> Optional.empty();
		}

		@Bean
		Function<Rejected, List<Noted>> many() {
			return (rejected) -> List.of(new Noted("one"), new Noted("two"));
		}

		@Bean
		Consumer<Event<Noted>> note() {
			return this.noted::add;
		}

		@Bean
		Consumer<Unlucky> fail() {
			return (unlucky) -> {
				throw new IllegalStateException("no luck");
			};
		}

		@Bean
		Consumer<Counted> count() {
			return (counted) -> {
				this.counting.incrementAndGet();
				try {
					this.counted.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			};
		}

		@Bean
		Function<String, String> uppercase() {
			return String::toUpperCase;
		}

	}

	@Autowired
	private InputDestination in;

	@Autowired
	private OutputDestination out;

	@Autowired
	private Shop shop;

	@Autowired
	private Inbox inbox;

	@Autowired
	private Environment environment;

	@Test
	void aSealedResultSaysWhichEventItIs() {
		this.in.send(placed("1", "a", 1), "order.placed");
		Message<byte[]> result = this.out.receive(5000, "order.accepted");
		assertThat(result).isNotNull();
		assertThat(result.getPayload()).asString(StandardCharsets.UTF_8).isEqualTo("{\"order\":\"a\"}");
		assertThat(result.getHeaders()).containsEntry("cloudEvents_type", "order.accepted")
			.containsEntry("cloudEvents_causationid", "1")
			.containsEntry("cloudEvents_correlationid", "1")
			.containsEntry("cloudEvents_partitionkey", "a")
			.containsEntry("cloudEvents_source", "/shop");
	}

	@Test
	void manyResultsKeepTheirOrderAndTheirCausesKey() {
		this.in.send(event("order.rejected", "r-1", Map.of("cloudEvents_partitionkey", "k"),
				"{\"order\":\"b\",\"reason\":\"x\"}"), "order.rejected");
		assertThat(textOf(this.out.receive(5000, "order.noted"))).isEqualTo("{\"text\":\"one\"}");
		Message<byte[]> second = this.out.receive(5000, "order.noted");
		assertThat(textOf(second)).isEqualTo("{\"text\":\"two\"}");
		assertThat(second.getHeaders()).containsEntry("cloudEvents_partitionkey", "k");
	}

	@Test
	void anEnvelopeCarriesWhatTheEventSays() throws Exception {
		this.in.send(event("order.noted", "n-1", Map.of("cloudEvents_correlationid", "c", "cloudEvents_custom", "x"),
				"{\"text\":\"hi\"}"), "order.noted");
		Event<Noted> event = this.shop.noted.poll(5, TimeUnit.SECONDS);
		while (event != null && !event.id().equals("n-1")) {
			event = this.shop.noted.poll(5, TimeUnit.SECONDS);
		}
		assertThat(event).isNotNull();
		assertThat(event.correlationId()).isEqualTo("c");
		assertThat(event.extensions()).containsEntry("custom", "x");
		assertThat(event.data()).isEqualTo(new Noted("hi"));
	}

	@Test
	void aForeignMessageIsOfTheOnlyTypeOfItsStream() {
		this.in.send(new GenericMessage<>("{\"order\":\"f\",\"amount\":1}".getBytes(StandardCharsets.UTF_8)),
				"order.placed");
		Message<byte[]> result = this.out.receive(5000, "order.accepted");
		assertThat(textOf(result)).isEqualTo("{\"order\":\"f\"}");
	}

	@Test
	void anEventInTheStructuredModeIsHandledLikeAnyOther() {
		String event = """
				{"specversion":"1.0","id":"s-1","source":"/t","type":"order.placed","data":{"order":"s","amount":1}}""";
		this.in.send(MessageBuilder.withPayload(event.getBytes(StandardCharsets.UTF_8))
			.setHeader("content-type", CloudEvents.JSON)
			.build(), "order.placed");
		assertThat(textOf(this.out.receive(5000, "order.accepted"))).isEqualTo("{\"order\":\"s\"}");
	}

	@Test
	void noHandlerWaitsInPlaceForLongerThanAQuarterOfItsBrokersDeadline() {
		this.in.send(event("order.unlucky", "u-1", Map.of(), "{\"order\":\"u\"}"), "order.unlucky");
		assertThat(this.inbox.find("u-1", "/test", 1)).singleElement()
			.extracting(InboxEntry::state)
			.isEqualTo(InboxEntry.State.DELAYED);
	}

	@Test
	void asManyHandlersRunAtATimeAsThePoolHasConnectionsLessTwo() throws Exception {
		List<Thread> senders = List.of(counting("c-1"), counting("c-2"), counting("c-3"));
		try {
			senders.get(0).start();
			senders.get(1).start();
			Awaitility.await().until(() -> this.shop.counting.get() == 2);
			senders.get(2).start();
			Awaitility.await().until(() -> senders.get(2).getState() == Thread.State.TIMED_WAITING);
			assertThat(this.inbox.find("c-3", "/test", 1)).as("a connection is left").isEmpty();
			assertThat(this.shop.counting).hasValue(2);
		}
		finally {
			this.shop.counted.countDown();
		}
		for (Thread sender : senders) {
			sender.join();
		}
		assertThat(this.shop.counting).hasValue(3);
	}

	@Test
	void aBrokerIsToldHowManyStreamsAreHandled() {
		assertThat(this.environment.getProperty("impatient.order.placed")).isEqualTo("6");
	}

	@Test
	void headersChooseNoFunction() {
		this.in.send(
				event("order.placed", "h-1",
						Map.of("spring.cloud.function.definition", "uppercase",
								"spring.cloud.stream.sendto.destination", "elsewhere"),
						"{\"order\":\"h\",\"amount\":1}"),
				"order.placed");
		assertThat(textOf(this.out.receive(5000, "order.accepted"))).isEqualTo("{\"order\":\"h\"}");
		assertThat(this.out.receive(100, "elsewhere")).isNull();
	}

	@Test
	void aPlainFunctionStaysWithSpringCloudStream() {
		this.in.send(MessageBuilder.withPayload("hello".getBytes(StandardCharsets.UTF_8)).build(), "uppercase-in-0");
		assertThat(textOf(this.out.receive(5000, "uppercase-out-0"))).isEqualTo("HELLO");
	}

	private Thread counting(String id) {
		return new Thread(
				() -> this.in.send(event("order.counted", id, Map.of(), "{\"order\":\"c\"}"), "order.counted"));
	}

	private static String textOf(Message<byte[]> message) {
		assertThat(message).isNotNull();
		return new String(message.getPayload(), StandardCharsets.UTF_8);
	}

	private static Message<byte[]> placed(String id, String order, int amount) {
		return event("order.placed", id, Map.of(), "{\"order\":\"%s\",\"amount\":%d}".formatted(order, amount));
	}

	private static Message<byte[]> event(String type, String id, Map<String, String> headers, String data) {
		return MessageBuilder.withPayload(data.getBytes(StandardCharsets.UTF_8))
			.setHeader("cloudEvents_specversion", "1.0")
			.setHeader("cloudEvents_id", id)
			.setHeader("cloudEvents_source", "/test")
			.setHeader("cloudEvents_type", type)
			.copyHeaders(headers)
			.build();
	}

}
