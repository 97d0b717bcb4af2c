package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.busbar.bench.floor.FloorRabbit;
import dev.busbar.bench.peer.PlainPeer;
import dev.busbar.bench.peer.SafePeer;
import dev.busbar.bus.Partitions;
import dev.busbar.testing.RabbitServer;

/**
 * RabbitMQ, with the state in PostgreSQL.
 */
public final class RabbitGround implements Ground {

	private static final String RESULTS = "bench-results";

	private final RabbitServer server = RabbitServer.shared();

	private final String host = this.server.createVirtualHost("bench-" + UUID.randomUUID());

	private final com.rabbitmq.client.Connection connection;

	public RabbitGround() throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(port());
		factory.setVirtualHost(this.host);
		this.connection = factory.newConnection("bench");
	}

	private int port() {
		return Integer.parseInt(this.server.address().substring(this.server.address().indexOf(':') + 1));
	}

	@Override
	public String name() {
		return "rabbit";
	}

	@Override
	public String title() {
		return "RabbitMQ and PostgreSQL";
	}

	@Override
	public String profile() {
		return "rabbit";
	}

	@Override
	public String durability() {
		return "RabbitMQ: durable queues, persistent messages, confirmed; PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		StateDatabase database = StateDatabase.create();
		String group = "bench-" + entrant.name().toLowerCase(java.util.Locale.ROOT);
		Channel channel = this.connection.createChannel();
		channel.exchangeDeclare("order.accepted", "topic", true);
		channel.queueDeclare(RESULTS, true, false, false, null);
		channel.queueBind(RESULTS, "order.accepted", "#");
		Set<String> queues = new LinkedHashSet<>();
		for (String stream : orders.types().streams()) {
			channel.exchangeDeclare(stream, "topic", true);
			queues.addAll(queues(channel, entrant, stream, group, orders.partitions()));
		}
		fill(orders, entrant, group);
		return new RabbitStage(entrant, group, database, channel, queues, orders);
	}

	private static List<String> queues(Channel channel, Entrant entrant, String stream, String group, int partitions)
			throws IOException {
		List<String> queues = new ArrayList<>();
		if (entrant == Entrant.PEER_A) {
			queues.add(stream + "." + group);
			channel.queueDeclare(queues.get(0), true, false, false, null);
		}
		else {
			Map<String, Object> arguments = entrant.isPeer() ? Map.of() : Map.of("x-single-active-consumer", true);
			for (int i = 0; i < partitions; i++) {
				queues.add(stream + "." + group + "-" + i);
				channel.queueDeclare(queues.get(i), true, false, false, arguments);
				if (entrant == Entrant.FLOOR) {
					channel.queueBind(queues.get(i), stream, stream + "-" + i);
				}
			}
		}
		return queues;
	}

	@Override
	public IngressStage ingress(Entrant entrant, int port) throws Exception {
		StateDatabase database = StateDatabase.create();
		Channel channel = this.connection.createChannel();
		channel.exchangeDeclare("order.placed", "topic", true);
		channel.queueDeclare(RESULTS, true, false, false, null);
		channel.queueBind(RESULTS, "order.placed", "#");
		List<String> arguments = (entrant == Entrant.BUSBAR)
				? IngressStage.busbar(port, "rabbit", "bench", "--spring.rabbitmq.addresses=" + this.server.address(),
						"--spring.rabbitmq.virtual-host=" + this.host, "--spring.datasource.url=" + database.url())
				: List.of("http=" + port, "port=" + port(), "host=" + this.host);
		return new IngressStage(entrant, Program.folder("bench-ingress"), arguments,
				() -> channel.messageCount(RESULTS), () -> {
					channel.queueDelete(RESULTS);
					channel.close();
					database.close();
				});
	}

	private void fill(Orders orders, Entrant entrant, String group) throws Exception {
		Channel channel = this.connection.createChannel();
		channel.confirmSelect();
		for (int i = 0; i < orders.count(); i++) {
			BasicProperties.Builder properties = new BasicProperties.Builder().contentType("application/json")
				.deliveryMode(2);
			if (!entrant.isPeer()) {
				Map<String, Object> headers = new HashMap<>(orders.attributes("cloudEvents_", i));
				properties.messageId(Orders.id(i)).type(orders.types().type(i)).headers(headers);
			}
			String queue = orders.types().stream(i) + "." + group;
			if (entrant != Entrant.PEER_A) {
				queue += "-" + Partitions.of(orders.key(i), orders.partitions());
			}
			channel.basicPublish("", queue, properties.build(), orders.data(i));
			if (i % 2_000 == 1_999) {
				channel.waitForConfirmsOrDie(60_000);
			}
		}
		channel.waitForConfirmsOrDie(60_000);
		channel.close();
	}

	@Override
	public void close() {
		try {
			this.connection.close();
			this.server.deleteVirtualHost(this.host);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private final class RabbitStage implements Stage {

		private final Entrant entrant;

		private final String group;

		private final StateDatabase database;

		private final Channel channel;

		private final Set<String> queues;

		private final Orders orders;

		RabbitStage(Entrant entrant, String group, StateDatabase database, Channel channel, Set<String> queues,
				Orders orders) {
			this.entrant = entrant;
			this.group = group;
			this.database = database;
			this.channel = channel;
			this.queues = queues;
			this.orders = orders;
		}

		@Override
		public Program start(List<String> more) throws Exception {
			Path folder = Program.folder("bench-" + this.entrant.name().toLowerCase(java.util.Locale.ROOT));
			List<String> arguments = new ArrayList<>(more);
			List<String> spring = List.of("--spring.rabbitmq.addresses=" + RabbitGround.this.server.address(),
					"--spring.rabbitmq.virtual-host=" + RabbitGround.this.host,
					"--spring.datasource.url=" + this.database.url());
			switch (this.entrant) {
				case BUSBAR -> {
					arguments.addAll(spring);
					arguments
						.addAll(List.of("--spring.profiles.active=rabbit", "--spring.application.name=" + this.group));
					return BusbarProgram.start(folder, "rabbit", this.orders, arguments);
				}
				case FLOOR -> {
					arguments.addAll(List.of("batch=" + this.orders.batch(), "port=" + port(),
							"host=" + RabbitGround.this.host, "queue=order.placed." + this.group,
							"partitions=" + this.orders.partitions(), "database=" + this.database.url()));
					return WithHttp.floor(folder, FloorRabbit.class, List.of(), arguments);
				}
				default -> {
					arguments.addAll(spring);
					arguments.add("--bench.group=" + this.group);
					arguments.add("--spring.profiles.active=rabbit-"
							+ this.entrant.name().toLowerCase(java.util.Locale.ROOT));
					Class<?> main = (this.entrant == Entrant.PEER_A) ? PlainPeer.class : SafePeer.class;
					return Program.start(folder, main, List.of("/target/classes", "binder-kafka"), List.of(),
							arguments);
				}
			}
		}

		@Override
		public long results() throws Exception {
			return this.channel.messageCount(RESULTS);
		}

		@Override
		public long distinctOrders() throws Exception {
			Set<String> orders = new HashSet<>();
			for (GetResponse next = this.channel.basicGet(RESULTS, false); next != null; next = this.channel
				.basicGet(RESULTS, false)) {
				orders.add(Check.order(next.getBody()));
			}
			this.channel.basicRecover(true);
			return orders.size();
		}

		@Override
		public String observed() {
			return "rabbit=" + port() + "/" + RabbitGround.this.host;
		}

		@Override
		public Connection database() throws SQLException {
			return DriverManager.getConnection(this.database.url());
		}

		@Override
		public List<String> sample() throws Exception {
			List<String> sample = new ArrayList<>();
			GetResponse next = this.channel.basicGet(RESULTS, true);
			while (next != null && sample.size() < 100) {
				sample.add(new String(next.getBody(), StandardCharsets.UTF_8));
				next = this.channel.basicGet(RESULTS, true);
			}
			return sample;
		}

		@Override
		public void close() {
			try {
				this.channel.queueDelete(RESULTS);
				for (String queue : this.queues) {
					this.channel.queueDelete(queue);
				}
				this.channel.close();
				this.database.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
