package dev.busbar.failure.ground;

import java.util.ArrayList;
import java.util.List;

import dev.busbar.testing.Broker;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.KafkaProcess;
import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.RabbitServer;
import dev.busbar.testing.Server;
import org.jspecify.annotations.Nullable;

/**
 * A broker and a database of the suite's own, empty.
 *
 * @param broker how the application and plain clients use it
 * @param server the broker's server, the database's for the embedded broker; null for H2
 * @param database the database's server, null for H2
 */
public record Site(Broker broker, @Nullable Server server, @Nullable Server database) implements AutoCloseable {

	private static @Nullable PostgresqlServer postgresql;

	/** The embedded broker on an H2 file. */
	public static Site embeddedH2() {
		return new Site(Broker.embeddedH2(), null, null);
	}

	/** The embedded broker on PostgreSQL. */
	public static Site embeddedPostgresql() {
		PostgresqlServer database = postgresql();
		return new Site(Broker.embeddedPostgresql(database), database, database);
	}

	/** RabbitMQ and PostgreSQL. */
	public static Site rabbit() {
		RabbitServer rabbit = RabbitServer.own();
		PostgresqlServer database = postgresql();
		return new Site(Broker.rabbit(rabbit).onPostgresql(database), rabbit, database);
	}

	/** Kafka and PostgreSQL. */
	public static Site kafka() {
		KafkaProcess kafka = KafkaProcess.onPort(FreePort.find());
		kafka.start();
		PostgresqlServer database = postgresql();
		return new Site(Broker.kafka(kafka).onPostgresql(database), kafka, database);
	}

	/** One for all sites of this JVM, which use it one after the other. */
	private static synchronized PostgresqlServer postgresql() {
		PostgresqlServer server = postgresql;
		if (server == null) {
			server = PostgresqlServer.own();
			postgresql = server;
		}
		server.start();
		return server;
	}

	public String name() {
		return this.broker.name();
	}

	/** The application's arguments, with others. */
	public List<String> arguments(String... others) {
		List<String> all = new ArrayList<>(this.broker.arguments());
		all.addAll(List.of(others));
		return all;
	}

	/**
	 * Arguments by which the application says a password to the broker and the database;
	 * those of the tests take any, or none, RabbitMQ only the right one.
	 */
	public List<String> passwords(String password) {
		List<String> all = new ArrayList<>(List.of("--spring.datasource.password=" + password));
		if (this.server instanceof RabbitServer rabbit) {
			String host = this.broker.arguments()
				.stream()
				.filter((argument) -> argument.startsWith("--spring.rabbitmq.virtual-host="))
				.map((argument) -> argument.substring(argument.indexOf('=') + 1))
				.findFirst()
				.orElseThrow();
			String user = "suite-" + Long.toString(System.nanoTime(), 36);
			rabbit.createUser(user, password, host);
			all.add("--spring.rabbitmq.username=" + user);
			all.add("--spring.rabbitmq.password=" + password);
		}
		if (this.server instanceof KafkaProcess) {
			all.add("--spring.kafka.properties.sasl.jaas.config="
					+ "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"suite\" password=\""
					+ password + "\";");
			all.add("--spring.kafka.ssl.key-store-password=" + password);
		}
		return all;
	}

	/** Starts what a failed case has left stopped. */
	public void heal() {
		if (this.database != null) {
			this.database.start();
		}
		if (this.server != null) {
			this.server.start();
		}
	}

	@Override
	public void close() {
		heal();
		this.broker.close();
		if (this.server != null && this.server != this.database) {
			this.server.kill();
		}
	}

}
