package dev.busbar.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.busbar.testing.PostgresqlServer.Database;
import org.jspecify.annotations.Nullable;

/**
 * A broker for the black-box tests, empty: its name, how the application is told to use
 * it, and how a foreign client speaks to it.
 *
 * @param name as the matrix names it
 * @param arguments the application's arguments, the same for each process that shares the
 * broker
 * @param foreign a plain client, null for the embedded broker, which has none
 * @param processes whether several processes can share it
 * @param end gives back what the broker took
 */
public record Broker(String name, List<String> arguments, @Nullable ForeignClient foreign, boolean processes,
		Runnable end) implements AutoCloseable {

	/** The embedded broker on an H2 file in the working folder. */
	public static Broker embeddedH2() {
		return new Broker("embedded H2", List.of("--spring.profiles.active=embedded"), null, false, () -> {
		});
	}

	/** The embedded broker in a new PostgreSQL database. */
	public static Broker embeddedPostgresql() {
		return embeddedPostgresql(PostgresqlServer.shared());
	}

	/** The embedded broker in a new database of a server. */
	public static Broker embeddedPostgresql(PostgresqlServer server) {
		Database database = server.createDatabase();
		return new Broker(
				"embedded PostgreSQL", List.of("--spring.profiles.active=embedded",
						"--spring.datasource.url=" + database.url(), "--spring.datasource.username=postgres"),
				null, true, database::close);
	}

	/**
	 * RabbitMQ in a virtual host of its own, or in the default one of a container.
	 */
	public static Broker rabbit() {
		return rabbit(RabbitServer.shared());
	}

	/** RabbitMQ on a server, as {@link #rabbit()}. */
	public static Broker rabbit(RabbitServer server) {
		String host = server.createVirtualHost("busbar-" + UUID.randomUUID());
		return new Broker("RabbitMQ",
				List.of("--spring.profiles.active=rabbit", "--spring.rabbitmq.addresses=" + server.address(),
						"--spring.rabbitmq.virtual-host=" + host),
				new ForeignRabbitClient(server.address(), host), true, () -> server.deleteVirtualHost(host));
	}

	/** Kafka, shared by all tests of this JVM. */
	public static Broker kafka() {
		return kafka(KafkaProcess.shared());
	}

	/**
	 * How long a busy machine may take to shake hands at the start; a port where nobody
	 * listens is noticed at once all the same.
	 */
	public static final String KAFKA_PATIENCE = "--busbar.kafka.probe-timeout=15s";

	/** A certain Kafka. */
	public static Broker kafka(KafkaProcess kafka) {
		return new Broker(
				"Kafka", List.of("--spring.profiles.active=kafka",
						"--spring.kafka.bootstrap-servers=" + kafka.address(), KAFKA_PATIENCE),
				new ForeignKafkaClient(kafka.address()), true, () -> {
				});
	}

	/**
	 * The same broker, the application's tables in a new PostgreSQL database, which its
	 * instances share.
	 */
	public Broker onPostgresql() {
		return onPostgresql(PostgresqlServer.shared());
	}

	/** The same broker, the application's tables in a new database of a server. */
	public Broker onPostgresql(PostgresqlServer server) {
		Database database = server.createDatabase();
		List<String> all = new ArrayList<>(this.arguments);
		all.addAll(List.of("--spring.datasource.url=" + database.url(), "--spring.datasource.username=postgres"));
		return new Broker(this.name, all, this.foreign, this.processes, () -> {
			this.end.run();
			database.close();
		});
	}

	@Override
	public void close() {
		this.end.run();
	}

}
