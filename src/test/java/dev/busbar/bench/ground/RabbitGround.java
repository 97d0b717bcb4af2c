package dev.busbar.bench.ground;

import java.sql.Connection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import dev.busbar.testing.RabbitServer;

/**
 * RabbitMQ, with the state in PostgreSQL. Each contestant has a virtual host of its own.
 */
public final class RabbitGround implements Ground {

	private final RabbitServer server = RabbitServer.shared();

	private final List<String> hosts = new ArrayList<>();

	/** Those that nobody uses any more. */
	private final Deque<String> free = new ArrayDeque<>();

	private String host() {
		String host = this.free.poll();
		if (host == null) {
			host = this.server.createVirtualHost("bench-" + UUID.randomUUID());
			if (this.hosts.contains(host)) {
				throw new IllegalStateException("Contestants need virtual hosts of their own, and rabbitmqctl for it");
			}
			this.hosts.add(host);
		}
		return host;
	}

	private com.rabbitmq.client.Connection connect(String host) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(port());
		factory.setVirtualHost(host);
		return factory.newConnection("bench");
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
	public String versions() throws Exception {
		String host = host();
		try (com.rabbitmq.client.Connection connection = connect(host)) {
			Map<String, Object> broker = connection.getServerProperties();
			return "RabbitMQ " + broker.get("version") + ", " + broker.get("platform") + ", " + StateDatabase.version();
		}
		finally {
			this.free.add(host);
		}
	}

	@Override
	public String durability() {
		return "RabbitMQ: durable queues, persistent messages, confirmed; PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		String host = host();
		RabbitStage stage = new RabbitStage(entrant, orders, port(), connect(host), host, this.free);
		stage.store(orders, orders.first(), orders.first() + orders.count());
		return stage;
	}

	@Override
	public IngressStage ingress(Entrant entrant, int port) throws Exception {
		StateDatabase database = StateDatabase.create();
		String host = host();
		com.rabbitmq.client.Connection connection = connect(host);
		Channel channel = connection.createChannel();
		channel.exchangeDeclare("order.placed", "topic", true);
		channel.queueDeclare(RabbitStage.RESULTS, true, false, false, null);
		channel.queueBind(RabbitStage.RESULTS, "order.placed", "#");
		List<String> arguments = (entrant == Entrant.BUSBAR)
				? IngressStage.busbar(port, "rabbit", "bench", "--spring.rabbitmq.addresses=" + this.server.address(),
						"--spring.rabbitmq.virtual-host=" + host, "--spring.datasource.url=" + database.url())
				: List.of("http=" + port, "port=" + port(), "host=" + host);
		return new IngressStage(entrant, Program.folder("bench-ingress"), arguments,
				() -> channel.messageCount(RabbitStage.RESULTS), () -> {
					channel.queueDelete(RabbitStage.RESULTS);
					connection.close();
					this.free.add(host);
					database.close();
				});
	}

	@Override
	public void close() {
		this.hosts.forEach(this.server::deleteVirtualHost);
	}

}
