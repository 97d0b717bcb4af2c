package dev.busbar.bus.kafka;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import javax.management.ObjectName;

import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.Partitions;
import dev.busbar.bus.TestEvents;
import dev.busbar.bus.TestInputs;
import dev.busbar.testing.KafkaProcess;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the stock Kafka binder does to events if it is let.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaTrapsIT {

	private static String address = "";

	private final List<AutoCloseable> open = new ArrayList<>();

	private EventStream stream = KafkaApplication.stream("unused", 1);

	private String topic = "";

	@BeforeAll
	static void startKafka() {
		address = KafkaProcess.shared().address();
	}

	@BeforeEach
	void nameStream() {
		this.topic = "traps." + UUID.randomUUID();
		this.stream = KafkaApplication.stream(this.topic, 3);
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@Test
	void aForgedHeaderNeitherStopsTheListenerNorIsRead() {
		TestInputs inputs = inputs(run(Map.of()));
		ProducerRecord<byte[], byte[]> forged = record("k", "1");
		forged.headers().add("spring_json_header_types", "{\"x\":\"java.lang.Class\"".getBytes(StandardCharsets.UTF_8));
		forged.headers().add("kafka_deliveryAttempt", new byte[] { 1 });
		forged.headers().add("kafka_receivedPartitionId", "77".getBytes(StandardCharsets.UTF_8));
		send(forged, record("k", "2"));
		List<Delivery> received = await(inputs, 2);
		assertThat(received).extracting(KafkaTrapsIT::text).containsExactly("1", "2");
		Map<String, Object> headers = received.get(0).headers();
		assertThat(headers.get("spring_json_header_types")).isInstanceOf(byte[].class);
		assertThat(received.get(0).partition()).isEqualTo(Partitions.of("k", 3));
		assertThat(received.get(0).position()).isZero();
		assertThat(received.get(1).position()).isEqualTo(1L);
		assertThat(headers.get("kafka_receivedMessageKey")).isEqualTo("k".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void aBatchThatFailsIsTriedUntilItSucceedsAndNothingIsSkipped(CapturedOutput output) {
		TestInputs inputs = inputs(run(Map.of()));
		AtomicInteger tries = new AtomicInteger();
		inputs.handler = (batch) -> {
			if (tries.incrementAndGet() <= 12) {
				// The stock handler takes it for fatal, and skips at once.
				throw new ClassCastException("a failing batch, try " + tries);
			}
		};
		send(record("k", "1"));
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !inputs.received.isEmpty());
		// More than once, if the group divides its partitions anew meanwhile.
		assertThat(inputs.received).extracting(KafkaTrapsIT::text).containsOnly("1");
		assertThat(tries).hasValueGreaterThanOrEqualTo(13);
		assertThat(output).as("the stock error channel logs each try").doesNotContain("LoggingHandler");
	}

	@Test
	void offsetsAreCommittedWhileTheNextPollIsHandledAndAllOfThemByAStop() throws Exception {
		ConfigurableApplicationContext context = run(
				Map.of("spring.cloud.stream.kafka.default.consumer.configuration." + "max.poll.records", "1"));
		TestInputs inputs = inputs(context);
		assertThat(container(context).isSyncCommits()).isFalse();
		int count = 50;
		for (int i = 0; i < count; i++) {
			send(record("k", String.valueOf(i)));
		}
		assertThat(await(inputs, count)).extracting(KafkaTrapsIT::text).startsWith("0", "1", "2").endsWith("49");
		context.close();
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
			assertThat(committed(admin)).isEqualTo(count);
		}
	}

	@Test
	void whatIsHandledLastIsCommittedWhileNothingElseComes() {
		TestInputs inputs = inputs(run(Map.of()));
		send(record("k", "1"), record("k", "2"));
		await(inputs, 2);
		send(record("k", "3"));
		await(inputs, 3);
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(3))
				.untilAsserted(() -> assertThat(committed(admin)).isEqualTo(3));
		}
	}

	private long committed(Admin admin) throws Exception {
		Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets("group." + this.topic)
			.partitionsToOffsetAndMetadata()
			.get();
		OffsetAndMetadata offset = committed.get(new TopicPartition(this.topic, Partitions.of("k", 3)));
		return (offset != null) ? offset.offset() : 0;
	}

	@Test
	void aTombstoneArrivesWithoutPayloadAmongOthers() {
		TestInputs inputs = inputs(run(Map.of()));
		send(record("k", "1"), record("k", null), record("k", "3"));
		List<Delivery> received = await(inputs, 3);
		assertThat(received).extracting(KafkaTrapsIT::text).containsExactly("1", null, "3");
	}

	@Test
	void aDeserializerForTheWholeApplicationDoesNotReachTheBytesOfEvents() {
		String all = "spring.cloud.stream.kafka.binder.consumer-properties.";
		TestInputs inputs = inputs(
				run(Map.of(all + "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
						all + "key.deserializer", "org.apache.kafka.common.serialization.LongDeserializer")));
		byte[] noText = { (byte) 0xff, (byte) 0xfe, 0, 1 };
		send(new ProducerRecord<>(this.topic, noText, noText));
		Delivery received = await(inputs, 1).get(0);
		assertThat(received.payload()).isEqualTo(noText);
		assertThat(received.headers().get("kafka_receivedMessageKey")).isEqualTo(noText);
	}

	@Test
	void whatWasPublishedBeforeTheGroupFirstStartedIsDelivered() throws Exception {
		create(3);
		send(record("k", "early"));
		TestInputs inputs = inputs(run(Map.of("spring.kafka.consumer.auto-offset-reset", "latest")));
		assertThat(await(inputs, 1)).extracting(KafkaTrapsIT::text).containsExactly("early");
	}

	@Test
	void whatATransactionTookBackIsNotDelivered() {
		TestInputs inputs = inputs(run(Map.of()));
		Map<String, Object> config = new HashMap<>(producerConfig());
		config.put("transactional.id", this.topic);
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config)) {
			producer.initTransactions();
			producer.beginTransaction();
			assertThat(producer.send(record("k", "aborted"))).isNotNull();
			producer.flush();
			producer.abortTransaction();
		}
		send(record("k", "valid"));
		assertThat(await(inputs, 1)).extracting(KafkaTrapsIT::text).containsExactly("valid");
	}

	@Test
	void aTopicOfFewerPartitionsIsUsedAsItIsAndKeepsKeysTogether() throws Exception {
		create(2);
		ConfigurableApplicationContext context = run(Map.of());
		EventBus bus = context.getBean(EventBus.class);
		for (int i = 0; i < 20; i++) {
			bus.publish(TestEvents.event(this.topic, "id" + i, "key" + i));
		}
		List<Delivery> received = await(inputs(context), 20);
		for (Delivery delivery : received) {
			String key = string(delivery.headers().get("kafka_receivedMessageKey"));
			assertThat(delivery.partition()).isEqualTo(Partitions.of(key, 2));
		}
	}

	@Test
	void aMissingTopicIsCreatedWithThePartitionsOfItsStreamAndAnExistingOneIsLeft() throws Exception {
		run(Map.of());
		assertThat(partitions(this.topic)).hasSize(3);
		String other = "traps." + UUID.randomUUID();
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
			admin.createTopics(List.of(new NewTopic(other, 5, (short) 1))).all().get();
		}
		this.stream = KafkaApplication.stream(other, 8);
		run(Map.of());
		assertThat(partitions(other)).hasSize(5);
	}

	@Test
	void aPollTakesNoMoreThanSlowHandlersManageBeforeKafkaTakesThePartitionAway() {
		ConfigurableApplicationContext context = run(Map.of());
		assertThat(context.getBean(KafkaApplication.Consumers.class).configurations).hasSize(1)
			.first()
			.satisfies((config) -> {
				int records = Integer.parseInt(String.valueOf(config.get("max.poll.records")));
				long interval = Long.parseLong(String.valueOf(config.get("max.poll.interval.ms")));
				assertThat(records).isEqualTo(200);
				assertThat(Duration.ofMillis(interval).dividedBy(records)).isGreaterThan(Duration.ofSeconds(5));
				assertThat(config).containsEntry("isolation.level", "read_committed")
					.containsEntry("key.deserializer", ByteArrayDeserializer.class.getName())
					.containsEntry("value.deserializer", ByteArrayDeserializer.class.getName());
				assertThat(config.get("session.timeout.ms")).as("a killed process is taken over soon")
					.hasToString("6000");
			});
	}

	@Test
	void theConsumersOfAStreamAreAGroupOfTheirOwnThatTakesTurnsAndMissesAMemberSoon() {
		ConfigurableApplicationContext context = run(
				Map.of("spring.cloud.stream.kafka.default.consumer.ack-mode", "MANUAL"));
		assertThat(context.getBean(KafkaApplication.Consumers.class).configurations).hasSize(1)
			.first()
			.satisfies((config) -> {
				assertThat(config).as("others stand still while a group divides its partitions")
					.containsEntry("group.id", "group." + this.topic)
					.as("members take turns by their names")
					.containsEntry("client.id", this.stream.input().replace("-in-0", ""))
					.as("a sticky one leaves all to the first instance")
					.containsEntry("partition.assignment.strategy", RangeAssignor.class.getName());
				assertThat(config.get("heartbeat.interval.ms")).as("a change is known soon").hasToString("500");
			});
		ContainerProperties container = container(context);
		assertThat(container.getAckMode()).as("what is handled would never be acknowledged")
			.isEqualTo(ContainerProperties.AckMode.COUNT_TIME);
		assertThat(container.getMessageListener()).as("each event would be a transaction of its own")
			.isInstanceOf(BatchMessageListener.class);
	}

	@Test
	void allStreamsShareOneProducer() {
		List<EventStream> streams = List.of(this.stream, KafkaApplication.stream(this.topic + ".b", 1),
				KafkaApplication.stream(this.topic + ".c", 1));
		ConfigurableApplicationContext context = KafkaApplication.run(address, streams, Map.of());
		this.open.add(context);
		awaitBroker(context);
		EventBus bus = context.getBean(EventBus.class);
		bus.publishAll(streams.stream().map((each) -> TestEvents.event(each.name(), "1", null)).toList());
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getName().startsWith("kafka-producer-network-thread"))
				.hasSize(1));
	}

	@Test
	void theMetricsOfAConsumerCostNeitherAThreadNorJmxBeans() throws Exception {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		ConfigurableApplicationContext context = run(Map.of());
		TestInputs inputs = inputs(context);
		send(record("k", "1"));
		await(inputs, 1);
		assertThat(context.getBean(MeterRegistry.class).get("kafka.consumer.connection.count").meters()).isNotEmpty();
		assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> !before.contains(thread))
			.extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("micrometer-kafka-metrics"))
			.noneMatch((name) -> name.startsWith("ThreadPoolTaskScheduler"));
		String client = context.getBean(KafkaApplication.Consumers.class).configurations.get(0)
			.get("client.id")
			.toString();
		assertThat(ManagementFactory.getPlatformMBeanServer()
			.queryNames(new ObjectName("kafka.consumer:client-id=" + client + "*,*"), null)).isEmpty();
	}

	@Test
	void anEventOnTheWireIsACloudEventInBytes() {
		ConfigurableApplicationContext context = run(Map.of());
		context.getBean(EventBus.class)
			.publish(TestEvents.event(this.topic, "ä1", "ключ", "{}".getBytes(StandardCharsets.UTF_8)));
		ConsumerRecord<byte[], byte[]> wire = read(1).get(0);
		assertThat(string(wire.key())).isEqualTo("ключ");
		assertThat(wire.partition()).isEqualTo(Partitions.of("ключ", 3));
		assertThat(string(wire.value())).isEqualTo("{}");
		assertThat(string(wire.headers().lastHeader("content-type").value())).isEqualTo("application/json");
		assertThat(string(wire.headers().lastHeader("ce_id").value())).isEqualTo("ä1");
		assertThat(string(wire.headers().lastHeader("ce_type").value())).isEqualTo(this.topic);
		assertThat(wire.headers())
			.allMatch((header) -> header.key().equals("content-type") || header.key().startsWith("ce_"));
	}

	@Test
	void anEventThatIsTooLargeIsRefusedAndOthersAreStored() {
		ConfigurableApplicationContext context = run(Map.of());
		EventBus bus = context.getBean(EventBus.class);
		assertThatExceptionOfType(EventRejectedException.class)
			.isThrownBy(() -> bus.publish(TestEvents.event(this.topic, "large", "k", new byte[2_000_000])))
			.withMessageContaining("max.request.size");
		bus.publish(TestEvents.event(this.topic, "small", "k"));
		assertThat(read(1)).hasSize(1);
	}

	private ConfigurableApplicationContext run(Map<String, String> more) {
		Map<String, String> patient = new HashMap<>(more);
		patient.put("busbar.kafka.probe-timeout", "15s");
		ConfigurableApplicationContext context = KafkaApplication.run(address, List.of(this.stream), patient);
		this.open.add(context);
		awaitBroker(context);
		return context;
	}

	private ContainerProperties container(ConfigurableApplicationContext context) {
		Binding<?> binding = context.getBean(BindingService.class).getConsumerBindings(this.stream.input()).get(0);
		Object endpoint = new DirectFieldAccessor(binding).getPropertyValue("lifecycle");
		return ((MessageListenerContainer) Objects
			.requireNonNull(new DirectFieldAccessor(endpoint).getPropertyValue("messageListenerContainer")))
			.getContainerProperties();
	}

	private static void awaitBroker(ConfigurableApplicationContext context) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> context.getBean(BrokerWatch.class).available());
	}

	private static TestInputs inputs(ConfigurableApplicationContext context) {
		return context.getBean(TestInputs.class);
	}

	private static List<Delivery> await(TestInputs inputs, int count) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> inputs.received.size() >= count);
		assertThat(inputs.received).hasSize(count);
		return inputs.received;
	}

	private void create(int partitions) throws Exception {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
			admin.createTopics(List.of(new NewTopic(this.topic, partitions, (short) 1))).all().get();
		}
	}

	private ProducerRecord<byte[], byte[]> record(String key, @Nullable String value) {
		return new ProducerRecord<>(this.topic, key.getBytes(StandardCharsets.UTF_8),
				(value != null) ? value.getBytes(StandardCharsets.UTF_8) : null);
	}

	@SafeVarargs
	private void send(ProducerRecord<byte[], byte[]>... records) {
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerConfig())) {
			for (ProducerRecord<byte[], byte[]> each : records) {
				assertThat(producer.send(each)).isNotNull();
			}
		}
	}

	private static Map<String, Object> producerConfig() {
		return Map.of("bootstrap.servers", address, "key.serializer", ByteArraySerializer.class, "value.serializer",
				ByteArraySerializer.class, "linger.ms", "50");
	}

	private List<ConsumerRecord<byte[], byte[]>> read(int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
			List<TopicPartition> all = consumer.partitionsFor(this.topic)
				.stream()
				.map((info) -> new TopicPartition(info.topic(), info.partition()))
				.toList();
			consumer.assign(all);
			consumer.seekToBeginning(all);
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
				consumer.poll(Duration.ofMillis(100)).forEach(records::add);
				return records.size() >= count;
			});
		}
		return records;
	}

	private static List<PartitionInfo> partitions(String name) {
		try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
			return consumer.partitionsFor(name);
		}
	}

	private static KafkaConsumer<byte[], byte[]> consumer() {
		return new KafkaConsumer<>(Map.of("bootstrap.servers", address), new ByteArrayDeserializer(),
				new ByteArrayDeserializer());
	}

	private static @Nullable String text(Delivery delivery) {
		byte[] payload = delivery.payload();
		return (payload != null) ? string(payload) : null;
	}

	private static String string(@Nullable Object bytes) {
		return StandardCharsets.UTF_8.decode(ByteBuffer.wrap((byte[]) Objects.requireNonNull(bytes))).toString();
	}

}
