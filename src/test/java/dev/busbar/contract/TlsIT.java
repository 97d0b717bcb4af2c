package dev.busbar.contract;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.Certificates;
import dev.busbar.testing.KafkaProcess;
import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import dev.busbar.testing.RabbitServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The executable jar with a broker and a database that speak TLS alone, under a
 * certificate of an authority that only Spring Boot's SSL bundles know.
 */
class TlsIT {

	private static final Duration SOON = Duration.ofMinutes(2);

	private static final String ABSENT = "cannot be reached; it is tried again";

	private final Certificates certificates = Certificates.shared();

	@Test
	void worksWithRabbitAndPostgresqlOverTls() throws Exception {
		RabbitServer rabbit = RabbitServer.secured(this.certificates);
		try (Database database = PostgresqlServer.secured(this.certificates).createDatabase()) {
			List<String> arguments = arguments("rabbit", "--spring.rabbitmq.addresses=" + rabbit.address(),
					"--spring.rabbitmq.ssl.bundle=broker", "--spring.datasource.username=postgres",
					"--spring.datasource.url=" + database.url() + "&sslmode=verify-full&sslrootcert="
							+ this.certificates.authority());
			try (BusbarProcess busbar = BusbarProcess.jar("tls-rabbit", arguments).startReady()) {
				handles(busbar);
				assertThat(encryptedConnections(database)).isPositive();
			}
		}
	}

	@Test
	void worksWithKafkaOverTls() {
		try (KafkaProcess kafka = KafkaProcess.secured(this.certificates)) {
			kafka.start();
			List<String> arguments = arguments("kafka", "--spring.kafka.bootstrap-servers=" + kafka.address(),
					"--spring.kafka.ssl.bundle=broker", Broker.KAFKA_PATIENCE);
			try (BusbarProcess busbar = BusbarProcess.jar("tls-kafka", arguments).startReady()) {
				handles(busbar);
				long before = absences(busbar);
				kafka.stop();
				Awaitility.await("the broker's absence").atMost(SOON).until(() -> absences(busbar) > before);
				kafka.start();
				Awaitility.await("the broker's return").atMost(SOON).until(() -> busbar.client().isReady());
				order(busbar.client(), "later");
			}
		}
	}

	private List<String> arguments(String broker, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--spring.profiles.active=" + broker + ",examples",
				"--spring.ssl.bundle.pem.broker.truststore.certificate=" + uri(this.certificates.authority())));
		arguments.addAll(List.of(more));
		return arguments;
	}

	private static void handles(BusbarProcess busbar) {
		assertThat(busbar.log().lines()).noneMatch(TlsIT::complains);
		order(busbar.client(), "one");
		assertThat(busbar.log().lines()).noneMatch(TlsIT::complains);
	}

	/** On a busy machine the first handshakes may take longer than a probe waits. */
	private static boolean complains(String line) {
		return (line.contains(" WARN ") && !line.contains(ABSENT)) || line.contains(" ERROR ");
	}

	private static long absences(BusbarProcess busbar) {
		return busbar.log().lines().filter((line) -> line.contains(ABSENT)).count();
	}

	private static void order(BusbarClient client, String id) {
		assertThat(
				client.webhook(Map.of("event", "order.placed", "id", id, "orderId", id, "item", "book", "quantity", 1))
					.body())
			.isEqualTo("{\"status\":\"success\"}");
		Awaitility.await("order shipped")
			.atMost(SOON)
			.untilAsserted(() -> assertThat(client.get("/orders/" + id).body()).contains("\"state\":\"shipped\""));
	}

	private static int encryptedConnections(Database database) throws Exception {
		try (Connection connection = DriverManager.getConnection(database.url());
				ResultSet rows = connection.createStatement()
					.executeQuery("select count(*) from pg_stat_ssl join pg_stat_activity using (pid) "
							+ "where ssl and application_name like '%JDBC%' and pid <> pg_backend_pid()")) {
			rows.next();
			return rows.getInt(1);
		}
	}

	private static String uri(Path file) {
		return file.toUri().toString();
	}

}
