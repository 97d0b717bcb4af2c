package dev.busbar.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Compilers;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.load.HttpLoad;
import dev.busbar.testing.FreePort;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
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
			.where(Drain.PROCESSOR, "µs an event")
			.on(ground)
			.under("POST /events, 202 once stored; one request at a time on each connection; 220 bytes of JSON");
		for (Entrant entrant : BenchSettings.only(Entrant.BUSBAR, Entrant.FLOOR)) {
			contest.with(entrant.title(), new Edge(ground, entrant));
		}
		for (int connections : CONNECTIONS) {
			for (int batch : BATCHES) {
				contest.atLeast(0.7, name(Entrant.BUSBAR, connections, batch, ""),
						name(Entrant.FLOOR, connections, batch, ""));
			}
		}
		for (int batch : BATCHES) {
			contest.atMost(1.3, name(Entrant.BUSBAR, 256, batch, ", p99"), name(Entrant.FLOOR, 256, batch, ", p99"));
		}
		contest.run();
	}

	private static String name(Entrant entrant, int connections, int batch, String what) {
		return "%d connections, %s%s: %s".formatted(connections, (batch == 1) ? "single" : "batch of " + batch, what,
				(entrant == Entrant.FLOOR) ? "bare endpoint" : entrant.title());
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

	/** One that takes events by HTTP. */
	private static final class Edge implements Contestant {

		private final Ground ground;

		private final Entrant entrant;

		private final int port = FreePort.find();

		private long before;

		private long accepted;

		private @Nullable Stage stage;

		private @Nullable Program program;

		Edge(Ground ground, Entrant entrant) {
			this.ground = ground;
			this.entrant = entrant;
		}

		@Override
		public Duration least() {
			return BenchSettings.warmUp();
		}

		@Override
		public void open(Duration most) throws Exception {
			long end = System.nanoTime() + most.toNanos();
			Stage place = this.ground.ingress(this.entrant, this.port);
			this.stage = place;
			Program started = place.start(List.of());
			this.program = started;
			Awaitility.await("202, see " + started.folder()).atMost(Duration.ofMinutes(5)).until(() -> {
				started.check();
				return load(this.port, 1, 1, 0.2, 0.3)[2] > 0;
			});
			// H2 tells it only once the contestant has ended.
			this.before = this.ground.name().equals("h2") ? 0 : place.results();
			Compilers.warmUp(this.entrant.title(), started, least(), end, this::warmUp);
		}

		/** For some seconds each singly and in batches. */
		private void warmUp(double seconds) throws Exception {
			for (int batch : BATCHES) {
				this.accepted += (long) load(this.port, 16, batch, seconds, 0.1)[2];
			}
		}

		/** The load generators are new, and warm up for a short time. */
		@Override
		public Map<String, Double> round() throws Exception {
			Program edge = Objects.requireNonNull(this.program);
			Map<String, Double> values = new LinkedHashMap<>();
			for (int connections : CONNECTIONS) {
				for (int batch : BATCHES) {
					Duration before = edge.processor();
					double[] measured = load(this.port, connections, batch, BenchSettings.warmUp().toMillis() / 1e4,
							BenchSettings.round().toMillis() / 2e3);
					values.put(name(this.entrant, connections, batch, ""), measured[0]);
					values.put(name(this.entrant, connections, batch, ", p99"), measured[1] / 1e3);
					values.put(name(this.entrant, connections, batch, Drain.PROCESSOR),
							edge.processor().minus(before).toNanos() / 1e3 / measured[2]);
					assertThat(measured[2]).as("accepted events, %s", this.entrant.title()).isPositive();
					assertThat(measured[3]).as("refused requests, %s", this.entrant.title()).isZero();
					this.accepted += (long) measured[2];
				}
			}
			return values;
		}

		@Override
		public void finish() throws Exception {
			Program edge = Objects.requireNonNull(this.program);
			edge.check();
			edge.stop();
			long stored = Objects.requireNonNull(this.stage).results() - this.before;
			assertThat(stored).as("stored events, %s", this.entrant.title()).isGreaterThanOrEqualTo(this.accepted);
			if (this.before > 0) {
				assertThat(stored).as("stored events, %s", this.entrant.title()).isEqualTo(this.accepted);
			}
		}

		@Override
		public void close() {
			if (this.program != null) {
				this.program.close();
			}
			if (this.stage != null) {
				this.stage.close();
			}
		}

	}

}
