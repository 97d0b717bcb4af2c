package dev.busbar.bench;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Extracted;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.IngressStage;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.peer.BareApplication;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.FreePort;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long it takes until Busbar is ready, on an empty database whose tables are there,
 * and how much memory it then has; beside an application with the same starters and
 * nothing of its own.
 */
@Tag("start")
class StartBench implements EachGround {

	private static final String READY = "to ready";

	private static final String PROCESSOR = "processor time to ready";

	private static final String MEMORY = "resident when idle";

	private static final String HANDLED = "Busbar, to the first handled event";

	private static final String LOADED = "Busbar, resident under load";

	private static final String SIZE = ", size";

	@Override
	public void measure(Ground ground) throws Exception {
		Contest contest = new Contest("start-" + ground.name(), "Start, " + ground.title(), "ms")
			.where("resident", "MB")
			.where(SIZE, "KB")
			.under(ground.versions())
			.under("from the start of the JVM to readiness, asked every 20 ms; 5 s later the resident memory; "
					+ BenchSettings.HEAP)
			.under("Busbar and bare from a class path, the jar as it is packed, and extracted; archives are made before")
			.under("processor time: of all processors together; it tells more where others use them too")
			.under("the first handled event waits on the broker; load: POST /events on 16 connections")
			.with("Busbar", () -> busbar(ground))
			.with("bare", () -> bare(ground))
			.with("jar", () -> jar(ground));
		extracted(ground.profile())
			.forEach((name, extracted) -> contest.with(name, () -> extracted(ground, name, extracted)));
		contest.with("handled", () -> handled(ground));
		contest.atMost(1.5, "Busbar, " + READY, "bare, " + READY)
			.atMost(1.5, "Busbar, " + MEMORY, "bare, " + MEMORY)
			.run();
	}

	/** The jar itself. */
	private static Map<String, Double> jar(Ground ground) throws Exception {
		int port = FreePort.find();
		Path jar = packed();
		try (IngressStage stage = ground.ingress(Entrant.BUSBAR, port)) {
			Map<String, Double> values = measure("jar", port, () -> stage.startJar(jar));
			values.put("jar" + SIZE, Files.size(jar) / 1024.0);
			return values;
		}
	}

	private static Path packed() {
		return Path.of(System.getProperty("busbar.jar", "target/busbar.jar")).toAbsolutePath();
	}

	/** The ways of docs/operations.md to start faster, those that this machine has. */
	private static Map<String, Extracted> extracted(String profile) throws Exception {
		Map<String, Extracted> ways = new LinkedHashMap<>();
		ways.put("jar extracted", Extracted.plain(packed()));
		ways.put("jar extracted, class archive", Extracted.withClassArchive(packed(), profile));
		Optional<String> java25 = Extracted.java25();
		if (java25.isPresent()) {
			ways.put("jar extracted, AOT cache (Java 25)", Extracted.withAotCache(java25.get(), packed(), profile));
		}
		return ways;
	}

	private static Map<String, Double> extracted(Ground ground, String name, Extracted extracted) throws Exception {
		int port = FreePort.find();
		try (IngressStage stage = ground.ingress(Entrant.BUSBAR, port)) {
			Map<String, Double> values = measure(name, port, () -> stage.startJar(extracted));
			if (extracted.archive() != null) {
				values.put(name + SIZE, Files.size(extracted.archive()) / 1024.0);
			}
			return values;
		}
	}

	/** With a handler for which an event waits, and then with as many as it takes. */
	private static Map<String, Double> handled(Ground ground) throws Exception {
		int port = FreePort.find();
		Orders orders = Orders.usual(1);
		try (Stage stage = ground.stage(Entrant.BUSBAR, orders)) {
			long begun = System.nanoTime();
			try (Program program = stage.start(List.of("--server.port=" + port))) {
				Awaitility.await("result, see " + program.folder())
					.atMost(Duration.ofMinutes(3))
					.pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofMillis(20))
					.until(() -> {
						program.check();
						return stage.results() > 0;
					});
				Map<String, Double> values = new LinkedHashMap<>();
				values.put(HANDLED, (System.nanoTime() - begun) / 1e6);
				IngestBench.load(port, 16, 1, 0, BenchSettings.round().toMillis() / 1e3);
				values.put(LOADED, program.status("VmRSS") / 1024);
				program.stop();
				return values;
			}
		}
	}

	private static Map<String, Double> busbar(Ground ground) throws Exception {
		int port = FreePort.find();
		try (Stage stage = ground.ingress(Entrant.BUSBAR, port)) {
			return measure("Busbar", port, () -> stage.start(List.of()));
		}
	}

	/** With the binder of the broker: of two, one would have to be chosen. */
	private static Map<String, Double> bare(Ground ground) throws Exception {
		int port = FreePort.find();
		String other = ground.profile().equals("kafka") ? "stream-binder-rabbit" : "stream-binder-kafka";
		return measure("bare", port, () -> Program.start(Program.folder("bench-bare"), BareApplication.class,
				List.of("/target/classes", other), List.of(), List.of("--server.port=" + port)));
	}

	private static Map<String, Double> measure(String name, int port, Start start) throws Exception {
		long begun = System.nanoTime();
		try (Program program = start.start()) {
			awaitReady(program, port);
			Map<String, Double> values = new LinkedHashMap<>();
			values.put(name + ", " + READY, (System.nanoTime() - begun) / 1e6);
			values.put(name + ", " + PROCESSOR, program.processor().toNanos() / 1e6);
			TimeUnit.SECONDS.sleep(5);
			values.put(name + ", " + MEMORY, program.status("VmRSS") / 1024);
			program.stop();
			assertThat(values).hasSize(3);
			return values;
		}
	}

	/** Returns as soon as a program says that it is ready. */
	static void awaitReady(Program program, int port) {
		BusbarClient client = new BusbarClient(URI.create("http://127.0.0.1:" + port));
		Awaitility.await("readiness, see " + program.folder())
			.atMost(Duration.ofMinutes(3))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(20))
			.until(() -> {
				program.check();
				return isReady(client);
			});
	}

	private static boolean isReady(BusbarClient client) {
		try {
			return client.get("/actuator/health/readiness").statusCode() == 200;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/** Starts a contestant. */
	@FunctionalInterface
	private interface Start {

		Program start() throws Exception;

	}

}
