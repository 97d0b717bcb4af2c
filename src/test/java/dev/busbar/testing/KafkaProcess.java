package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Apache Kafka as a process of its own: one node in KRaft mode on the loopback address,
 * that can be stopped, killed and started again on the same port with its data. It ends
 * with the test's JVM at the latest, however that ends. The Maven build writes its class
 * path to {@code target/kafka-broker/classpath}.
 */
public final class KafkaProcess implements Server {

	private static final Path HOME = Path.of("target", "kafka-broker").toAbsolutePath();

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static @Nullable KafkaProcess shared;

	private final Path folder;

	private final int port;

	private final int controllerPort = FreePort.find();

	private final @Nullable Certificates certificates;

	/** For a quick start, which counts for more in tests than throughput. */
	private List<String> quick = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	private @Nullable Process process;

	private KafkaProcess(Path folder, int port, @Nullable Certificates certificates) {
		this.folder = folder;
		this.port = port;
		this.certificates = certificates;
	}

	/**
	 * The broker that all tests of this JVM share, running. Who stops it starts it again.
	 */
	public static synchronized KafkaProcess shared() {
		KafkaProcess kafka = shared;
		if (kafka == null) {
			kafka = onPort(FreePort.find());
			shared = kafka;
		}
		kafka.start();
		return kafka;
	}

	/** A broker of the caller's own, empty and not yet started. */
	public static KafkaProcess onPort(int port) {
		return onPort(port, null);
	}

	/** A broker of the caller's own that speaks TLS alone, empty and not yet started. */
	public static KafkaProcess secured(Certificates certificates) {
		return onPort(FreePort.find(), certificates);
	}

	private static KafkaProcess onPort(int port, @Nullable Certificates certificates) {
		try {
			Files.createDirectories(HOME);
			return new KafkaProcess(Files.createTempDirectory(HOME, "node-"), port, certificates);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Runs it as the JVM would without the tests: for benchmarks. */
	public KafkaProcess forThroughput() {
		this.quick = List.of();
		return this;
	}

	/** What clients call {@code bootstrap.servers}. */
	public String address() {
		return "127.0.0.1:" + this.port;
	}

	public int port() {
		return this.port;
	}

	public boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	@Override
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		Path log = this.folder.resolve("kafka.log");
		try {
			long start = Files.exists(log) ? Files.size(log) : 0;
			Process started = launch(log);
			this.process = started;
			Awaitility.await("Kafka on port " + this.port + ", see " + log)
				.atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(50))
				.failFast("Kafka ended at its start, see " + log, () -> !started.isAlive())
				.until(() -> written(log, start).contains("[KafkaRaftServer nodeId=1] Kafka Server started"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public synchronized void stop() {
		Process running = this.process;
		if (running != null) {
			running.destroy();
			awaitEnd(running);
		}
	}

	@Override
	public synchronized void kill() {
		Process running = this.process;
		if (running != null) {
			running.destroyForcibly();
			awaitEnd(running);
		}
	}

	private Process launch(Path log) throws IOException {
		Path data = this.folder.resolve("data");
		Path configuration = Files.writeString(this.folder.resolve("server.properties"), configuration(data));
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
		command.addAll(this.quick);
		command.addAll(List.of("-Dorg.slf4j.simpleLogger.showDateTime=true",
				"-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS", "-cp", classPath(), KafkaBroker.class.getName(),
				configuration.toString(), data.toString()));
		return new ProcessBuilder(command).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.appendTo(log.toFile()))
			.start();
	}

	private String classPath() throws IOException {
		Path file = HOME.resolve("classpath");
		if (!Files.exists(file)) {
			throw new IllegalStateException(
					file + " is missing: the Maven build writes it, run ./mvnw process-test-classes once");
		}
		Path own = Path.of("target", "test-classes").toAbsolutePath();
		return own + System.getProperty("path.separator") + Files.readString(file).strip();
	}

	private String configuration(Path data) {
		return """
				process.roles=broker,controller
				node.id=1
				controller.quorum.voters=1@127.0.0.1:%2$d
				controller.listener.names=CONTROLLER
				listeners=%4$s://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
				log.dirs=%3$s
				offsets.topic.replication.factor=1
				offsets.topic.num.partitions=1
				transaction.state.log.replication.factor=1
				transaction.state.log.num.partitions=1
				transaction.state.log.min.isr=1
				share.coordinator.state.topic.replication.factor=1
				share.coordinator.state.topic.num.partitions=1
				share.coordinator.state.topic.min.isr=1
				group.initial.rebalance.delay.ms=0
				broker.heartbeat.interval.ms=200
				broker.session.timeout.ms=1000
				group.min.session.timeout.ms=1000
				log.cleaner.dedupe.buffer.size=8388608
				""".formatted(this.port, this.controllerPort, data.toString().replace('\\', '/'),
				(this.certificates != null) ? "SSL" : "PLAINTEXT")
				+ ((this.certificates != null) ? encryption(this.certificates) : "");
	}

	private static String encryption(Certificates certificates) {
		return """
				listener.security.protocol.map=CONTROLLER:PLAINTEXT,SSL:SSL
				inter.broker.listener.name=SSL
				ssl.keystore.location=%1$s
				ssl.keystore.password=%3$s
				ssl.truststore.location=%2$s
				ssl.truststore.password=%3$s
				""".formatted(certificates.keyStore(), certificates.trustStore(), Certificates.PASSWORD);
	}

	private static String written(Path log, long start) throws IOException {
		if (!Files.exists(log)) {
			return "";
		}
		byte[] bytes = Files.readAllBytes(log);
		return new String(bytes, (int) start, (int) (bytes.length - start), StandardCharsets.UTF_8);
	}

	private static void awaitEnd(Process running) {
		try {
			if (!running.waitFor(30, TimeUnit.SECONDS)) {
				running.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
