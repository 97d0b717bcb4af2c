package dev.busbar.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.load.HttpLoad;
import dev.busbar.testing.FreePort;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events that come in by HTTP, from a load generator that has one request at a time on
 * each connection: how many are answered with 202 in a second, and how long the answers
 * take.
 */
@Tag("ingest")
class IngestBench implements EachGround {

	private static final List<Integer> CONNECTIONS = List.of(1, 16, 256);

	private static final List<Integer> BATCHES = List.of(1, 100);

	@Override
	public void measure(Ground ground) throws Exception {
		Contest contest = new Contest("ingest-" + ground.name(), "Ingest, " + ground.title(), "events/s")
			.where(", p99", "ms")
			.under(ground.durability())
			.under("POST /events, 202 once stored; one request at a time on each connection; 220 bytes of JSON");
		for (Entrant entrant : List.of(Entrant.BUSBAR, Entrant.FLOOR)) {
			contest.with(entrant.title(), () -> round(ground, entrant));
		}
		for (int connections : CONNECTIONS) {
			for (int batch : BATCHES) {
				contest.atLeast(0.7, name(Entrant.BUSBAR, connections, batch, ""),
						name(Entrant.FLOOR, connections, batch, ""));
			}
		}
		contest.atMost(1.3, name(Entrant.BUSBAR, 256, 1, ", p99"), name(Entrant.FLOOR, 256, 1, ", p99")).run();
	}

	private static String name(Entrant entrant, int connections, int batch, String what) {
		return "%d connections, %s%s: %s".formatted(connections, (batch == 1) ? "single" : "batch of " + batch, what,
				(entrant == Entrant.FLOOR) ? "bare endpoint" : entrant.title());
	}

	private static Map<String, Double> round(Ground ground, Entrant entrant) throws Exception {
		Map<String, Double> values = new LinkedHashMap<>();
		int port = FreePort.find();
		long accepted = 0;
		try (Stage stage = ground.ingress(entrant, port); Program program = stage.start(List.of())) {
			Awaitility.await("202, see " + program.folder()).atMost(java.time.Duration.ofMinutes(5)).until(() -> {
				program.check();
				return load(port, 1, 1, 0.2, 0.3)[2] > 0;
			});
			long before = stored(ground, stage, program);
			// All of both contestants is compiled before anything is measured: until then
			// the compiler has one of two processors.
			double seconds = BenchSettings.warmUp().toMillis() / 1e3;
			for (int batch : BATCHES) {
				accepted += (long) load(port, 16, batch, seconds, 0.1)[2];
			}
			for (int connections : CONNECTIONS) {
				for (int batch : BATCHES) {
					double[] measured = load(port, connections, batch, BenchSettings.warmUp().toMillis() / 4e3,
							BenchSettings.round().toMillis() / 2e3);
					values.put(name(entrant, connections, batch, ""), measured[0]);
					values.put(name(entrant, connections, batch, ", p99"), measured[1] / 1e3);
					assertThat(measured[3]).as("refused requests, %s", entrant.title()).isZero();
					accepted += (long) measured[2];
				}
			}
			program.stop();
			assertThat(stage.results() - before).as("stored events, %s", entrant.title())
				.isGreaterThanOrEqualTo(accepted);
			if (before > 0) {
				assertThat(stage.results() - before).as("stored events, %s", entrant.title()).isEqualTo(accepted);
			}
		}
		return values;
	}

	/** H2 tells it only once the contestant has ended. */
	private static long stored(Ground ground, Stage stage, Program program) throws Exception {
		program.check();
		return ground.name().equals("h2") ? 0 : stage.results();
	}

	/** Events a second, p99 in microseconds, accepted events, refused requests. */
	static double[] load(int port, int connections, int batch, double warmUp, double window) throws Exception {
		try (Program load = Program.start(Program.folder("bench-load"), HttpLoad.class, List.of(), List.of(),
				List.of(String.valueOf(port), String.valueOf(connections), String.valueOf(batch),
						String.valueOf(warmUp), String.valueOf(window)))) {
			load.await(240);
			String[] numbers = String.valueOf(load.read("load")).split(" ");
			double[] values = new double[numbers.length];
			for (int i = 0; i < values.length; i++) {
				values[i] = Double.parseDouble(numbers[i]);
			}
			return values;
		}
	}

}
