package dev.busbar.bench.ground;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.busbar.testing.FreePort;
import dev.busbar.testing.KafkaProcess;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.AppInfoParser;
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
	public String versions() throws SQLException {
		return "Kafka's clients " + AppInfoParser.getVersion() + ", " + StateDatabase.version();
	}

	@Override
	public String durability() {
		return "Kafka: one node, acknowledged by all in-sync replicas; PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		StateDatabase database = StateDatabase.create();
		KafkaStage stage = new KafkaStage(entrant, database, orders, this.kafka.address(), this.admin);
		this.admin.createTopics(
				stage.topics().stream().map((topic) -> new NewTopic(topic, orders.partitions(), (short) 1)).toList())
			.all()
			.get();
		stage.topics().forEach((topic) -> awaitLeaders(topic, orders.partitions()));
		stage.store(orders, orders.first(), orders.first() + orders.count());
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
		return new IngressStage(entrant, Program.folder("bench-ingress"), arguments,
				() -> KafkaStage.end(this.admin, partitions), () -> {
					this.admin.deleteTopics(List.of(topic)).all().get();
					database.close();
				});
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

	@Override
	public void close() {
		this.admin.close();
		this.kafka.kill();
	}

}
