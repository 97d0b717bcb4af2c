package dev.busbar.bench.ground;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.busbar.bench.floor.FloorKafka;
import dev.busbar.bench.peer.PlainPeer;
import dev.busbar.bench.peer.SafePeer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Topics, a group and a database of one contestant.
 */
final class KafkaStage implements Stage {

	private final Entrant entrant;

	private final StateDatabase database;

	private final String group = "bench-" + UUID.randomUUID();

	/**
	 * Of each stage its own: a topic's name is not free at once when it is deleted.
	 */
	private final String out = "order.accepted." + this.group;

	private final List<TopicPartition> results;

	private final Orders orders;

	private final String brokers;

	private final Admin admin;

	private @Nullable Program program;

	KafkaStage(Entrant entrant, StateDatabase database, Orders orders, String brokers, Admin admin) {
		this.brokers = brokers;
		this.admin = admin;
		this.orders = orders;
		this.results = IntStream.range(0, orders.partitions())
			.mapToObj((number) -> new TopicPartition(this.out, number))
			.toList();
		this.entrant = entrant;
		this.database = database;
	}

	List<String> topics() {
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
		Program started = launch(more);
		this.program = started;
		return started;
	}

	private Program launch(List<String> more) throws Exception {
		Path folder = Program.folder("bench-" + this.entrant.name().toLowerCase(Locale.ROOT));
		List<String> arguments = new ArrayList<>(more);
		List<String> spring = List.of("--spring.kafka.bootstrap-servers=" + this.brokers,
				"--spring.datasource.url=" + this.database.url());
		switch (this.entrant) {
			case BUSBAR -> {
				arguments.addAll(spring);
				arguments.addAll(List.of("--spring.profiles.active=kafka", "--spring.application.name=" + this.group));
				arguments.add(destination("orderAccepted-out-0", this.out));
				this.orders.types().streams().forEach((stream) -> {
					arguments.add(destination(Types.binding(stream) + "-in-0", in(stream)));
					arguments.add(destination(Types.binding(stream) + "-out-0", in(stream)));
				});
				return BusbarProgram.start(folder, "kafka", this.orders, arguments);
			}
			case FLOOR -> {
				arguments.addAll(List.of("brokers=" + this.brokers, "group=" + this.group,
						"partitions=" + this.orders.partitions(), "database=" + this.database.url(),
						"in=" + in("order.placed"), "out=" + this.out));
				return WithHttp.floor(folder, FloorKafka.class, List.of(), arguments);
			}
			default -> {
				arguments.addAll(spring);
				arguments.addAll(List.of("--bench.group=" + this.group, StateDatabase.POOL));
				arguments.addAll(List.of("--spring.cloud.stream.kafka.binder.brokers=" + this.brokers,
						destination("decide-in-0", in("order.placed")), destination("decide-out-0", this.out)));
				Class<?> main = (this.entrant == Entrant.PEER_A) ? PlainPeer.class : SafePeer.class;
				return Program.start(folder, main, List.of("/target/classes", "binder-rabbit"), List.of(), arguments);
			}
		}
	}

	@Override
	public void store(Orders like, int from, int to) throws Exception {
		Program.paused(this.program, () -> send(like, from, to));
	}

	private void send(Orders like, int from, int to) throws Exception {
		List<Future<RecordMetadata>> sent = new ArrayList<>(to - from);
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", this.brokers,
				"linger.ms", 20, "batch.size", 65_536, "buffer.memory", 134_217_728L,
				"max.in.flight.requests.per.connection", 1, "enable.idempotence", false, "max.request.size", 4_000_000),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			// Else each new topic waits until all that was sent before is stored.
			like.types().streams().forEach((stream) -> producer.partitionsFor(in(stream)));
			for (int i = from; i < to; i++) {
				ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(in(like.types().stream(i)),
						utf8(like.key(i)), like.data(i));
				message.headers().add("content-type", utf8("application/json"));
				if (!this.entrant.isPeer()) {
					like.attributes("ce_", i).forEach((name, value) -> message.headers().add(name, utf8(value)));
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
	public long results() throws Exception {
		return end(this.admin, this.results);
	}

	@Override
	public long distinctOrders() {
		Set<String> orders = new HashSet<>();
		try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
			Map<TopicPartition, Long> ends = consumer.endOffsets(this.results);
			long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
			while (System.nanoTime() < deadline
					&& ends.entrySet().stream().anyMatch((end) -> consumer.position(end.getKey()) < end.getValue())) {
				consumer.poll(Duration.ofSeconds(1)).forEach((each) -> orders.add(Check.order(each.value())));
			}
		}
		return orders.size();
	}

	/** One that reads all results from the first on. */
	private KafkaConsumer<byte[], byte[]> consumer() {
		KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
				Map.of("bootstrap.servers", this.brokers, "auto.offset.reset", "earliest"), new ByteArrayDeserializer(),
				new ByteArrayDeserializer());
		consumer.assign(this.results);
		consumer.seekToBeginning(this.results);
		return consumer;
	}

	static long end(Admin admin, List<TopicPartition> partitions) throws Exception {
		return admin
			.listOffsets(partitions.stream().collect(Collectors.toMap((each) -> each, (each) -> OffsetSpec.latest())))
			.all()
			.get()
			.values()
			.stream()
			.mapToLong(ListOffsetsResultInfo::offset)
			.sum();
	}

	@Override
	public String observed() {
		return "kafka=" + this.brokers + "/" + this.out;
	}

	@Override
	public Connection database() throws SQLException {
		return DriverManager.getConnection(this.database.url());
	}

	@Override
	public List<String> sample() {
		List<String> sample = new ArrayList<>();
		try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
			for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(this.results).entrySet()) {
				// Alone, since a poll of several may bring records of one.
				consumer.assign(List.of(end.getKey()));
				long count = Math.min(end.getValue(), SAMPLE);
				for (int i = 0; i < count; i++) {
					consumer.seek(end.getKey(), end.getValue() * i / count);
					ConsumerRecords<byte[], byte[]> some = consumer.poll(Duration.ofSeconds(10));
					assertThat(some.count()).as("results of %s from %d of %d on", end.getKey(), i, count).isPositive();
					sample.add(new String(some.iterator().next().value(), StandardCharsets.UTF_8));
				}
			}
		}
		return sample;
	}

	@Override
	public void close() {
		try {
			this.admin.deleteTopics(topics()).all().get();
			this.database.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
