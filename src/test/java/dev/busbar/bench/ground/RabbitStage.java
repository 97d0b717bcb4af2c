package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.busbar.bench.floor.FloorRabbit;
import dev.busbar.bench.peer.PlainPeer;
import dev.busbar.bench.peer.SafePeer;
import dev.busbar.bus.Partitions;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host with the queues of one contestant, and its database.
 */
final class RabbitStage implements Stage {

	static final String RESULTS = "bench-results";

	private final Entrant entrant;

	private final Orders orders;

	private final int port;

	private final Connection connection;

	private final String host;

	private final Deque<String> free;

	private final StateDatabase database;

	private final String group;

	private final Channel channel;

	private final Set<String> queues = new LinkedHashSet<>();

	private @Nullable Program program;

	/**
	 * Creates what it needs.
	 * @param entrant who it is for
	 * @param orders what the orders are like
	 * @param port the broker's
	 * @param connection to the virtual host
	 * @param host the virtual host
	 * @param free takes the virtual host in the end
	 */
	RabbitStage(Entrant entrant, Orders orders, int port, Connection connection, String host, Deque<String> free)
			throws Exception {
		this.entrant = entrant;
		this.orders = orders;
		this.port = port;
		this.connection = connection;
		this.host = host;
		this.free = free;
		this.database = StateDatabase.create();
		this.group = "bench-" + entrant.name().toLowerCase(Locale.ROOT);
		this.channel = connection.createChannel();
		this.channel.exchangeDeclare("order.accepted", "topic", true);
		this.channel.queueDeclare(RESULTS, true, false, false, null);
		this.channel.queueBind(RESULTS, "order.accepted", "#");
		for (String stream : orders.types().streams()) {
			this.channel.exchangeDeclare(stream, "topic", true);
			declare(stream);
		}
	}

	private void declare(String stream) throws IOException {
		if (this.entrant == Entrant.PEER_A) {
			String queue = stream + "." + this.group;
			this.channel.queueDeclare(queue, true, false, false, null);
			this.queues.add(queue);
			return;
		}
		Map<String, Object> arguments = this.entrant.isPeer() ? Map.of() : Map.of("x-single-active-consumer", true);
		for (int i = 0; i < this.orders.partitions(); i++) {
			String queue = stream + "." + this.group + "-" + i;
			this.channel.queueDeclare(queue, true, false, false, arguments);
			if (this.entrant == Entrant.FLOOR) {
				this.channel.queueBind(queue, stream, stream + "-" + i);
			}
			this.queues.add(queue);
		}
	}

	@Override
	public void store(Orders like, int from, int to) throws Exception {
		Program.paused(this.program, () -> send(like, from, to));
	}

	private void send(Orders like, int from, int to) throws Exception {
		Channel channel = this.connection.createChannel();
		channel.confirmSelect();
		for (int i = from; i < to; i++) {
			BasicProperties.Builder properties = new BasicProperties.Builder().contentType("application/json")
				.deliveryMode(2);
			if (!this.entrant.isPeer()) {
				Map<String, Object> headers = new HashMap<>(like.attributes("cloudEvents_", i));
				properties.messageId(Orders.id(i)).type(like.types().type(i)).headers(headers);
			}
			String queue = like.types().stream(i) + "." + this.group;
			if (this.entrant != Entrant.PEER_A) {
				queue += "-" + Partitions.of(like.key(i), this.orders.partitions());
			}
			channel.basicPublish("", queue, properties.build(), like.data(i));
			if (i % 2_000 == 1_999) {
				channel.waitForConfirmsOrDie(60_000);
			}
		}
		channel.waitForConfirmsOrDie(60_000);
		channel.close();
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
		List<String> spring = List.of("--spring.rabbitmq.addresses=127.0.0.1:" + this.port,
				"--spring.rabbitmq.virtual-host=" + this.host, "--spring.datasource.url=" + this.database.url());
		switch (this.entrant) {
			case BUSBAR -> {
				arguments.addAll(spring);
				arguments.addAll(List.of("--spring.profiles.active=rabbit", "--spring.application.name=" + this.group));
				return BusbarProgram.start(folder, "rabbit", this.orders, arguments);
			}
			case FLOOR -> {
				arguments.addAll(List.of("batch=" + this.orders.batch(), "port=" + this.port, "host=" + this.host,
						"queue=order.placed." + this.group, "partitions=" + this.orders.partitions(),
						"database=" + this.database.url()));
				return WithHttp.floor(folder, FloorRabbit.class, List.of(), arguments);
			}
			default -> {
				arguments.addAll(spring);
				arguments.addAll(List.of("--bench.group=" + this.group, StateDatabase.POOL));
				arguments.add("--spring.profiles.active=rabbit-" + this.entrant.name().toLowerCase(Locale.ROOT));
				Class<?> main = (this.entrant == Entrant.PEER_A) ? PlainPeer.class : SafePeer.class;
				return Program.start(folder, main, List.of("/target/classes", "binder-kafka"), List.of(), arguments);
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
		return "rabbit=" + this.port + "/" + this.host;
	}

	@Override
	public java.sql.Connection database() throws SQLException {
		return DriverManager.getConnection(this.database.url());
	}

	@Override
	public List<String> sample() throws Exception {
		List<String> sample = Collections.synchronizedList(new ArrayList<>());
		long count = results();
		CountDownLatch left = new CountDownLatch((int) count);
		long step = Math.max(1, count / SAMPLE);
		this.channel.basicConsume(RESULTS, true, (tag, result) -> {
			if (left.getCount() % step == 0) {
				sample.add(new String(result.getBody(), StandardCharsets.UTF_8));
			}
			left.countDown();
		}, (tag) -> {
		});
		if (!left.await(2, TimeUnit.MINUTES)) {
			throw new IllegalStateException("Results that RabbitMQ has do not come");
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
			this.connection.close();
			this.free.add(this.host);
			this.database.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
