package dev.busbar.bench.ground;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.busbar.bench.floor.FloorKafka;
import dev.busbar.bench.peer.PlainPeer;
import dev.busbar.bench.peer.SafePeer;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.KafkaProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * Kafka, with the state in PostgreSQL.
 */
public final class KafkaGround implements Ground {

	private final KafkaProcess kafka = KafkaProcess.onPort(FreePort.find()).forThroughput();

	private final Admin admin;

	public KafkaGround() {
		this.kafka.start();
		this.admin = Admin.create(Map.of("bootstrap.servers", this.kafka.address()));
	}

	@Override
	public String name() {
		return "kafka";
	}

	@Override
	public String title() {
		return "Kafka and PostgreSQL";
	}

	@Override
	public String profile() {
		return "kafka";
	}

	@Override
	public String durability() {
		return "Kafka: one node, acknowledged by all in-sync replicas; PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		StateDatabase database = StateDatabase.create();
		KafkaStage stage = new KafkaStage(entrant, database, orders);
		this.admin.createTopics(
				stage.topics().stream().map((topic) -> new NewTopic(topic, orders.partitions(), (short) 1)).toList())
			.all()
			.get();
		stage.topics().forEach((topic) -> awaitLeaders(topic, orders.partitions()));
		fill(orders, stage, entrant.isPeer());
		return stage;
	}

	@Override
	public IngressStage ingress(Entrant entrant, int port) throws Exception {
		StateDatabase database = StateDatabase.create();
		String topic = "order.placed." + UUID.randomUUID();
		this.admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1))).all().get();
		awaitLeaders(topic, 4);
		List<String> arguments = (entrant == Entrant.BUSBAR) ? IngressStage.busbar(port, "kafka", "bench",
				"--spring.kafka.bootstrap-servers=" + this.kafka.address(), "--spring.datasource.url=" + database.url(),
				"--spring.cloud.stream.bindings.orderPlaced-out-0.destination=" + topic)
				: List.of("http=" + port, "brokers=" + this.kafka.address(), "out=" + topic);
		List<TopicPartition> partitions = IntStream.range(0, 4)
			.mapToObj((number) -> new TopicPartition(topic, number))
			.toList();
		return new IngressStage(entrant, Program.folder("bench-ingress"), arguments, () -> end(partitions), () -> {
			this.admin.deleteTopics(List.of(topic)).all().get();
			database.close();
		});
	}

	private long end(List<TopicPartition> partitions) throws Exception {
		return this.admin
			.listOffsets(partitions.stream().collect(Collectors.toMap((each) -> each, (each) -> OffsetSpec.latest())))
			.all()
			.get()
			.values()
			.stream()
			.mapToLong(ListOffsetsResultInfo::offset)
			.sum();
	}

	/** The broker takes a while until it leads what it has created. */
	private void awaitLeaders(String topic, int count) {
		Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
		for (int i = 0; i < count; i++) {
			partitions.put(new TopicPartition(topic, i), OffsetSpec.latest());
		}
		Awaitility.await("partitions of " + topic)
			.ignoreExceptions()
			.until(() -> this.admin.listOffsets(partitions).all().get().size() == partitions.size());
	}

	private void fill(Orders orders, KafkaStage stage, boolean plain) throws Exception {
		List<Future<RecordMetadata>> sent = new ArrayList<>(orders.count());
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers",
				this.kafka.address(), "linger.ms", 20, "batch.size", 262_144, "max.in.flight.requests.per.connection",
				1, "enable.idempotence", false, "max.request.size", 4_000_000), new ByteArraySerializer(),
				new ByteArraySerializer())) {
			for (int i = 0; i < orders.count(); i++) {
				ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(stage.in(orders.types().stream(i)),
						utf8(orders.key(i)), orders.data(i));
				message.headers().add("content-type", utf8("application/json"));
				if (!plain) {
					orders.attributes("ce_", i).forEach((name, value) -> message.headers().add(name, utf8(value)));
				}
				sent.add(producer.send(message));
			}
			producer.flush();
			for (Future<RecordMetadata> each : sent) {
				each.get();
			}
		}
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.admin.close();
		this.kafka.kill();
	}

	private final class KafkaStage implements Stage {

		private final Entrant entrant;

		private final StateDatabase database;

		private final String group = "bench-" + UUID.randomUUID();

		/**
		 * Of each stage its own: a topic's name is not free at once when it is deleted.
		 */
		private final String out = "order.accepted." + this.group;

		private final List<TopicPartition> results;

		private final Orders orders;

		KafkaStage(Entrant entrant, StateDatabase database, Orders orders) {
			this.orders = orders;
			this.results = IntStream.range(0, orders.partitions())
				.mapToObj((number) -> new TopicPartition(this.out, number))
				.toList();
			this.entrant = entrant;
			this.database = database;
		}

		private List<String> topics() {
			return Stream.concat(this.orders.types().streams().stream().map(this::in), Stream.of(this.out)).toList();
		}

		private String in(String stream) {
			return stream + "." + this.group;
		}

		private String destination(String binding, String topic) {
			return "--spring.cloud.stream.bindings." + binding + ".destination=" + topic;
		}

		@Override
		public Program start(List<String> more) throws Exception {
			java.nio.file.Path folder = Program.folder("bench-" + this.entrant.name().toLowerCase(Locale.ROOT));
			String brokers = KafkaGround.this.kafka.address();
			List<String> arguments = new ArrayList<>(more);
			List<String> spring = List.of("--spring.kafka.bootstrap-servers=" + brokers,
					"--spring.datasource.url=" + this.database.url());
			switch (this.entrant) {
				case BUSBAR -> {
					arguments.addAll(spring);
					arguments
						.addAll(List.of("--spring.profiles.active=kafka", "--spring.application.name=" + this.group));
					arguments.add(destination("orderAccepted-out-0", this.out));
					this.orders.types().streams().forEach((stream) -> {
						arguments.add(destination(Types.binding(stream) + "-in-0", in(stream)));
						arguments.add(destination(Types.binding(stream) + "-out-0", in(stream)));
					});
					return BusbarProgram.start(folder, "kafka", this.orders, arguments);
				}
				case FLOOR -> {
					arguments.addAll(List.of("brokers=" + brokers, "group=" + this.group,
							"partitions=" + this.orders.partitions(), "database=" + this.database.url(),
							"in=" + in("order.placed"), "out=" + this.out));
					return WithHttp.floor(folder, FloorKafka.class, List.of(), arguments);
				}
				default -> {
					arguments.addAll(spring);
					arguments.add("--bench.group=" + this.group);
					arguments.addAll(List.of("--spring.cloud.stream.kafka.binder.brokers=" + brokers,
							destination("decide-in-0", in("order.placed")), destination("decide-out-0", this.out)));
					Class<?> main = (this.entrant == Entrant.PEER_A) ? PlainPeer.class : SafePeer.class;
					return Program.start(folder, main, List.of("/target/classes", "binder-rabbit"), List.of(),
							arguments);
				}
			}
		}

		@Override
		public long results() throws Exception {
			return end(this.results);
		}

		@Override
		public long distinctOrders() {
			Set<String> orders = new HashSet<>();
			try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
				ConsumerRecords<byte[], byte[]> some = consumer.poll(Duration.ofSeconds(10));
				while (!some.isEmpty()) {
					some.forEach((each) -> orders.add(Check.order(each.value())));
					some = consumer.poll(Duration.ofSeconds(2));
				}
			}
			return orders.size();
		}

		/** One that reads all results from the first on. */
		private KafkaConsumer<byte[], byte[]> consumer() {
			KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
					Map.of("bootstrap.servers", KafkaGround.this.kafka.address(), "auto.offset.reset", "earliest"),
					new ByteArrayDeserializer(), new ByteArrayDeserializer());
			consumer.assign(this.results);
			consumer.seekToBeginning(this.results);
			return consumer;
		}

		@Override
		public String observed() {
			return "kafka=" + KafkaGround.this.kafka.address() + "/" + this.out;
		}

		@Override
		public Connection database() throws SQLException {
			return DriverManager.getConnection(this.database.url());
		}

		@Override
		public List<String> sample() {
			List<String> sample = new ArrayList<>();
			try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
				for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(10))) {
					sample.add(new String(each.value(), StandardCharsets.UTF_8));
				}
			}
			return sample;
		}

		@Override
		public void close() {
			try {
				KafkaGround.this.admin.deleteTopics(topics()).all().get();
				this.database.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
