package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.OutgoingEvent;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.ImmediateAcknowledgeAmqpException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitConsumerProperties;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.messaging.Message;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class RabbitTrapsIT {

	/**
	 * What a user may have set for the bindings of the whole application, and for ours.
	 */
	private static final Map<String, String> OTHERS = others();

	private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

	private RabbitApp app;

	private static Map<String, String> others() {
		Map<String, String> others = new HashMap<>();
		others.put("spring.cloud.stream.default.consumer.concurrency", "4");
		others.put("spring.cloud.stream.bindings.placed-in-0.consumer.concurrency", "3");
		others.put("spring.cloud.stream.rabbit.bindings.placed-in-0.consumer.max-concurrency", "5");
		String rabbit = "spring.cloud.stream.rabbit.default.";
		Map.of("missing-queues-fatal", "true", "acknowledge-mode", "NONE", "durable-subscription", "false", "exclusive",
				"true", "container-type", "direct")
			.forEach((name, value) -> others.put(rabbit + "consumer." + name, value));
		// Where a queue is looked for.
		Map.of("prefix", "mine.", "queue-name-group-only", "true", "exchange-type", "direct", "exchange-durable",
				"false", "exchange-auto-delete", "true", "binding-routing-key", "nothing")
			.forEach((name, value) -> {
				others.put(rabbit + "consumer." + name, value);
				others.put(rabbit + "producer." + name, value);
			});
		return others;
	}

	@BeforeAll
	void start() throws Exception {
		this.app = new RabbitApp(
				(prefix) -> List.of(new EventStream(prefix + "placed", "placed", Set.of("order.placed"), 3, true)),
				true, OTHERS);
	}

	@BeforeEach
	void collect() {
		this.bodies.clear();
		this.app.bound.handler = this::take;
	}

	@AfterAll
	void stop() throws Exception {
		this.app.close();
	}

	@Test
	void aBatchIsAListOfBytesWithTheHeadersOfEach() throws Exception {
		List<Message<?>> messages = Collections.synchronizedList(new ArrayList<>());
		this.app.bound.handler = messages::add;
		this.app.send(this.app.event(0, 1, "one"), this.app.event(0, 1, "two"));
		await().atMost(Duration.ofMinutes(2))
			.until(() -> messages.stream().mapToInt((message) -> payloads(message).size()).sum() == 2);
		Message<?> first = messages.get(0);
		assertThat(payloads(first).get(0)).isInstanceOf(byte[].class);
		assertThat(first.getHeaders().get("amqp_batchedHeaders"))
			.asInstanceOf(InstanceOfAssertFactories.list(Map.class))
			.first()
			.satisfies((headers) -> {
				assertThat(headers.get("cloudEvents_id")).isEqualTo("one");
				assertThat(headers.get("amqp_messageId")).isEqualTo("one");
				assertThat(headers.get("amqp_redelivered")).isEqualTo(false);
				assertThat(headers.get("amqp_deliveryTag")).isNotNull();
			});
	}

	@Test
	void aForeignMessageIsHandledOnceWhateverItsRoutingKey() throws Exception {
		String exchange = this.app.stream(0).name();
		this.app.client.exchangeDeclare(exchange, "topic", true);
		List<String> keys = List.of("", exchange, "#", "any.thing", exchange + "-1", exchange + "-99", "x".repeat(200));
		for (String key : keys) {
			this.app.publish(exchange, key, key, null, null);
		}
		this.app.publish(exchange, "", "end", null, null);
		awaitBodies(keys.size() + 1);
		assertThat(this.bodies).containsExactlyInAnyOrderElementsOf(concat(keys, "end"));
	}

	@Test
	void ownEventsGoToTheirPartitionOnce() throws Exception {
		this.app.send(this.app.event(0, 0, "p0"), this.app.event(0, 1, "p1"), this.app.event(0, 2, "p2"));
		awaitBodies(3);
		this.app.send(this.app.event(0, 0, "p3"), this.app.event(0, 1, "p4"), this.app.event(0, 2, "p5"));
		awaitBodies(6);
		assertThat(this.bodies).hasSize(6).doesNotHaveDuplicates();
	}

	@Test
	void aContentEncodingDoesNotChooseADecompressor() throws Exception {
		for (String encoding : List.of("gzip", "zip", "deflate", "gzip:UTF-8")) {
			this.app.publish(this.app.stream(0).name(), "", encoding, null, encoding);
		}
		this.app.publish(this.app.stream(0).name(), "", "end", null, null);
		awaitBodies(5);
		assertThat(this.bodies).containsExactly("gzip", "zip", "deflate", "gzip:UTF-8", "end");
	}

	@Test
	void aHeaderDoesNotChooseTheFormOfABatch() throws Exception {
		this.app.publish(this.app.stream(0).name(), "", "{}", Map.of("springBatchFormat", "lengthHeader4"), null);
		this.app.publish(this.app.stream(0).name(), "", "end", null, null);
		awaitBodies(2);
		assertThat(this.bodies).containsExactly("{}", "end");
	}

	@Test
	void forgedHeadersOfSpringChangeNothing() throws Exception {
		this.app.publish(this.app.stream(0).name(), "", "forged",
				Map.of("spring.cloud.function.definition", "evil", "scst_partition", 9, "amqp_deliveryTag", 1L,
						"__TypeId__", "java.lang.Runtime", "contentType", "application/x-java-serialized-object", "id",
						"no-uuid", "timestamp", "never", "replyChannel", "x", "errorChannel", "y", "sequenceSize",
						"many"),
				null);
		this.app.publish(this.app.stream(0).name(), "", "end", null, null);
		awaitBodies(2);
		assertThat(this.bodies).containsExactly("forged", "end");
	}

	@Test
	void noPropertyOfAMessageBlocksItsQueue() throws Exception {
		String exchange = this.app.stream(0).name();
		Map<String, Object> died = Map.of("x-death", List.of("no table", 1), "x-delay", "never", "x-retry-count",
				"many");
		Map<String, Object> odd = new HashMap<>();
		odd.put("null", null);
		odd.put("date", new Date(Long.MAX_VALUE / 1000));
		odd.put("__TypeId__", "no.such.Class");
		odd.put("long", "x".repeat(5_000));
		for (BasicProperties properties : List.of(new BasicProperties.Builder().priority(255).build(),
				new BasicProperties.Builder().headers(died).build(), new BasicProperties.Builder().headers(odd).build(),
				new BasicProperties.Builder().timestamp(new Date(Long.MAX_VALUE / 1000)).expiration("60000").build())) {
			this.app.client.basicPublish(exchange, exchange + "-1", properties, "{}".getBytes(StandardCharsets.UTF_8));
		}
		this.app.publish(exchange, exchange + "-1", "end", null, null);
		awaitBodies(5);
		assertThat(this.bodies).containsExactly("{}", "{}", "{}", "{}", "end");
	}

	@Test
	void headersThatAreNestedWithoutEndBlockNothing() throws Exception {
		String exchange = this.app.stream(0).name();
		Object nested = List.of();
		for (int depth = 0; depth < 10_000; depth++) {
			nested = List.of(nested);
		}
		Map<String, Object> bomb = Map.of("bomb", nested);
		// The publisher, too, needs a stack for it.
		Thread publisher = new Thread(null, () -> publishNested(bomb), "bomber", 256 * 1024 * 1024);
		publisher.start();
		publisher.join();
		this.app.publish(exchange, exchange + "-1", "end", null, null);
		awaitBodies(2);
		assertThat(this.bodies).containsExactly("bomb", "end");
	}

	@Test
	void anUnknownDeliveryModeOfWhichSomeBrokersMakeNothingIsNone() {
		assertThat(new PlainProperties()
			.toMessageProperties(new BasicProperties.Builder().deliveryMode(3).build(), null, "UTF-8")
			.getReceivedDeliveryMode()).isNull();
	}

	private void publishNested(Map<String, Object> headers) {
		String exchange = this.app.stream(0).name();
		try {
			this.app.publish(exchange, exchange + "-1", "bomb", headers, null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aForgedOriginIsNotTold() throws Exception {
		List<Delivery> deliveries = Collections.synchronizedList(new ArrayList<>());
		this.app.bound.handler = (message) -> deliveries.addAll(Delivery.unpack(message));
		String exchange = this.app.stream(0).name();
		this.app.publish(exchange, exchange + "-2", "forged",
				Map.of("kafka_receivedPartitionId", 7, "kafka_offset", 9999L, "jdbc_partition", 7, "jdbc_offset", 9999L,
						"amqp_deliveryTag", 9999L, "amqp_consumerQueue", "other-7", "acknowledgmentCallback", "none"),
				null);
		await().atMost(Duration.ofMinutes(2)).until(() -> deliveries.size() == 1);
		assertThat(deliveries.get(0).partition()).isEqualTo(2);
		assertThat(deliveries.get(0).position()).isLessThan(9999L);
		assertThat(deliveries.get(0).headers()).doesNotContainKeys("kafka_offset", "jdbc_offset",
				"acknowledgmentCallback");
	}

	@Test
	void aFailedBatchIsNotAcknowledgedAndKeepsItsPlaceBeforeWhatFollows() {
		failsOnceInOrder(new IllegalStateException("fails once"));
	}

	@Test
	void anErrorOfAHandlerEndsNeitherTheConsumerNorTheJvm() {
		failsOnceInOrder(new AssertionError("fails once"));
	}

	private void failsOnceInOrder(Throwable failure) {
		AtomicInteger calls = new AtomicInteger();
		this.app.bound.handler = (message) -> {
			if (calls.incrementAndGet() == 2) {
				ReflectionUtils.rethrowRuntimeException(failure);
			}
			take(message);
		};
		this.app.send(events("f", 900));
		awaitBodies(900);
		assertThat(calls.get()).isGreaterThan(4);
		assertThat(this.bodies).containsExactlyElementsOf(bodies("f", 900));
	}

	@ParameterizedTest
	@ValueSource(classes = { AmqpRejectAndDontRequeueException.class, ImmediateAcknowledgeAmqpException.class })
	void aFailureThatAsksTheContainerToDropTheBatchIsNotObeyed(Class<? extends RuntimeException> type)
			throws Exception {
		failsOnceInOrder(type.getConstructor(String.class).newInstance("fails once"));
	}

	@Test
	void aFailedBatchIsDeliveredAgainInsteadOfBeingTriedInPlace(CapturedOutput output) throws Exception {
		List<Object> redelivered = Collections.synchronizedList(new ArrayList<>());
		this.app.bound.handler = (message) -> {
			List<?> headers = (List<?>) Objects.requireNonNull(message.getHeaders().get("amqp_batchedHeaders"));
			redelivered.add(((Map<?, ?>) headers.get(0)).get("amqp_redelivered"));
			if (redelivered.size() == 1) {
				throw new IllegalStateException("fails once");
			}
			take(message);
		};
		this.app.send(this.app.event(0, 1, "again"));
		awaitBodies(1);
		assertThat(redelivered).containsExactly(false, true);
		assertThat(output).as("the stock error channel logs the batch").doesNotContain("LoggingHandler");
	}

	/** Full batches would be 4, and some more where the publisher paused. */
	@Test
	void aMessageIsHandledWhileOthersKeepComing() throws Exception {
		List<Integer> batches = new ArrayList<>();
		// The best of several: the machine may be busy.
		while (batches.size() < 5 && batches.stream().noneMatch((count) -> count > 40)) {
			batches.add(batchesOfAStream());
		}
		assertThat(batches).anyMatch((count) -> count > 40);
	}

	/** Publishes 400 messages, one each 2 ms, and counts the calls of the handler. */
	private int batchesOfAStream() throws Exception {
		this.bodies.clear();
		AtomicInteger batches = new AtomicInteger();
		this.app.bound.handler = (message) -> {
			batches.incrementAndGet();
			take(message);
		};
		AtomicInteger published = new AtomicInteger();
		CountDownLatch end = new CountDownLatch(400);
		ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
		try {
			// Not confirmed: no pause may be long enough to end a batch by itself.
			Future<?> unused = publisher.scheduleWithFixedDelay(() -> {
				publishPlain("s" + published.incrementAndGet());
				end.countDown();
			}, 0, 2, TimeUnit.MILLISECONDS);
			end.await();
		}
		finally {
			publisher.shutdown();
		}
		await().until(publisher::isTerminated);
		awaitBodies(published.get());
		return batches.get();
	}

	@Test
	void eachContainerIsSetSoThatNothingIsLostOrWaits() {
		String input = this.app.stream(0).input();
		assertThat(this.app.context.getBean(BindingService.class).getConsumerBindings(input)).isNotEmpty()
			.allSatisfy((binding) -> {
				Object endpoint = new DirectFieldAccessor(binding).getPropertyValue("lifecycle");
				Object container = new DirectFieldAccessor(endpoint).getPropertyValue("messageListenerContainer");
				DirectFieldAccessor fields = new DirectFieldAccessor(container);
				assertThat(fields.getPropertyValue("prefetchCount")).isEqualTo(400);
				assertThat(fields.getPropertyValue("forceStop")).isEqualTo(true);
				assertThat(fields.getPropertyValue("receiveTimeout")).isEqualTo(20L);
				assertThat(fields.getPropertyValue("batchReceiveTimeout")).isEqualTo(0L);
				assertThat(fields.getPropertyValue("batchSize")).isEqualTo(200);
				assertThat(fields.getPropertyValue("consumerBatchEnabled")).isEqualTo(true);
				assertThat(fields.getPropertyValue("concurrentConsumers")).as("others would only wait").isEqualTo(1);
				assertThat(fields.getPropertyValue("maxConcurrentConsumers")).isEqualTo(1);
				assertThat(fields.getPropertyValue("acknowledgeMode")).as("a failed batch would be gone")
					.isEqualTo(AcknowledgeMode.AUTO);
				assertThat(fields.getPropertyValue("exclusive")).as("no successor could wait").isEqualTo(false);
				assertThat(fields.getPropertyValue("missingQueuesFatal")).as("it would stop for good").isEqualTo(false);
				assertThat(fields.getPropertyValue("possibleAuthenticationFailureFatal")).as("it would stop for good")
					.isEqualTo(false);
				assertThat(fields.getPropertyValue("recoveryBackOff"))
					.asInstanceOf(InstanceOfAssertFactories.type(FixedBackOff.class))
					.returns(1000L, FixedBackOff::getInterval);
				assertThat(fields.getPropertyValue("shutdownTimeout")).isEqualTo(10_000L);
			});
		RabbitConsumerProperties properties = this.app.context.getBean(RabbitExtendedBindingProperties.class)
			.getExtendedConsumerProperties(input);
		assertThat(properties.isRepublishToDlq()).as("a failed batch would be acknowledged").isFalse();
		assertThat(properties.isDurableSubscription()).as("the queue would go with its consumer").isTrue();
	}

	@Test
	void whatCameWhileAnotherWasHandledDoesNotWaitForMore() throws Exception {
		List<Duration> waits = new ArrayList<>();
		// The best of several: the machine may be busy.
		for (int round = 1; round <= 5; round++) {
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			this.app.bound.handler = (message) -> {
				entered.countDown();
				awaitUninterruptibly(release);
				take(message);
			};
			this.app.send(this.app.event(0, 1, "first"));
			entered.await();
			this.app.send(this.app.event(0, 1, "second"));
			release.countDown();
			long start = System.nanoTime();
			awaitBodies(2 * round);
			waits.add(Duration.ofNanos(System.nanoTime() - start));
		}
		// Stock containers wait for another message for a second.
		assertThat(Collections.min(waits)).isLessThan(Duration.ofMillis(700));
	}

	@Test
	void allThatCameWhileAnotherWasHandledIsOneBatch() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
		this.app.bound.handler = (message) -> {
			entered.countDown();
			awaitUninterruptibly(release);
			sizes.add(payloads(message).size());
			take(message);
		};
		this.app.send(this.app.event(0, 2, "first"));
		entered.await();
		this.app.send(events("w", 190));
		await().atMost(Duration.ofMinutes(2))
			.until(() -> this.app.client.queueDeclarePassive(this.app.queue(0, 2)).getMessageCount() == 0);
		release.countDown();
		awaitBodies(191);
		assertThat(sizes).as("what a clock ends is smaller").contains(190);
	}

	@Test
	void aPartitionHasOneConsumerWhateverItsBindingAsksFor() throws Exception {
		this.app.send(this.app.event(0, 0, "p0"), this.app.event(0, 1, "p1"), this.app.event(0, 2, "p2"));
		awaitBodies(3);
		for (int partition = 0; partition < 3; partition++) {
			assertThat(this.app.client.queueDeclarePassive(this.app.queue(0, partition)).getConsumerCount())
				.isEqualTo(1);
		}
	}

	@Test
	void onlyOneConsumerOfAPartitionIsActive() throws Exception {
		BlockingQueue<String> others = new LinkedBlockingQueue<>();
		try (Channel second = this.app.raw.createChannel()) {
			second.basicConsume(this.app.queue(0, 2), true,
					(tag, message) -> others.add(new String(message.getBody(), StandardCharsets.UTF_8)), (tag) -> {
					});
			this.app.send(events("a", 300));
			awaitBodies(300);
			assertThat(this.bodies).containsExactlyElementsOf(bodies("a", 300));
			assertThat(others).isEmpty();
			this.app.context.getBean(BindingService.class).unbindConsumers(this.app.stream(0).input());
			this.app.send(events("b", 3));
			await().atMost(Duration.ofMinutes(2)).until(() -> others.size() == 3);
			assertThat(others).containsExactlyElementsOf(bodies("b", 3));
		}
		finally {
			this.app.bound.createAndBindInputs(this.app.context.getBean(BindingService.class));
		}
	}

	@Test
	void whatABlockedHandlerHoldsReturnsInOrderWhenTheBindingStops() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.app.bound.handler = (message) -> {
			entered.countDown();
			awaitUninterruptibly(release);
			throw new IllegalStateException("gives up");
		};
		this.app.send(events("o", 700));
		entered.await();
		Thread stopper = new Thread(
				() -> this.app.context.getBean(BindingService.class).unbindConsumers(this.app.stream(0).input()));
		stopper.start();
		await().pollInterval(Duration.ofMillis(20)).until(() -> stopper.getState() != Thread.State.NEW);
		release.countDown();
		stopper.join();
		this.app.bound.handler = this::take;
		Collection<Binding<Object>> bindings = this.app.bound
			.createAndBindInputs(this.app.context.getBean(BindingService.class));
		awaitBodies(700);
		assertThat(bindings).isNotEmpty();
		assertThat(this.bodies).containsExactlyElementsOf(bodies("o", 700));
	}

	private OutgoingEvent[] events(String prefix, int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> this.app.event(0, 2, prefix + i))
			.toArray(OutgoingEvent[]::new);
	}

	private static List<String> bodies(String prefix, int count) {
		return IntStream.range(0, count).mapToObj((i) -> "{\"id\":\"" + prefix + i + "\"}").toList();
	}

	private void take(Message<?> message) {
		payloads(message).forEach((payload) -> this.bodies.add(new String((byte[]) payload, StandardCharsets.UTF_8)));
	}

	private void awaitBodies(int count) {
		await().pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(this.bodies).as("closed because: %s", this.app.client.getCloseReason())
				.hasSizeGreaterThanOrEqualTo(count));
	}

	private void publishPlain(String body) {
		String exchange = this.app.stream(0).name();
		try {
			this.app.publish(exchange, exchange + "-1", body, null, null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static List<?> payloads(Message<?> message) {
		return (List<?>) message.getPayload();
	}

	private static List<String> concat(List<String> list, String last) {
		List<String> all = new ArrayList<>(list);
		all.add(last);
		return all;
	}

}
