package dev.busbar.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Compilers;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.load.OpenLoad;
import dev.busbar.testing.FreePort;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Orders that come in by HTTP at a fixed rate: how long it takes until the result can be
 * seen on the bus.
 */
@Tag("latency")
class LatencyBench implements EachGround {

	private static final List<Integer> RATES = List.of(200, 1_000);

	private static final List<Part> WARM_UP = List.of(new Part(3_000, 0.5), new Part(1_000, 0.125),
			new Part(600, 0.375));

	private static final List<String> PERCENTILES = List.of("p50", "p99", "p99.9");

	@Override
	public void measure(Ground ground) throws Exception {
		Contest contest = new Contest("latency-" + ground.name(), "Latency, " + ground.title(), "ms").on(ground)
			.under("POST /events to the result on the bus, open loop; from when an order was to be sent until a"
					+ " plain client of the broker saw its result");
		for (Entrant entrant : BenchSettings.only(Entrant.BUSBAR, Entrant.FLOOR)) {
			contest.with(entrant.title(), new Handling(ground, entrant));
		}
		for (int rate : RATES) {
			contest.atMost(1.5, name(Entrant.BUSBAR, rate, "p99"), name(Entrant.FLOOR, rate, "p99"));
		}
		contest.run();
	}

	private static String name(Entrant entrant, int rate, String percentile) {
		return "%,d/s, %s: %s".formatted(rate, percentile, entrant.title());
	}

	/** One that takes orders by HTTP and handles them, and its load generator. */
	private static final class Handling implements Contestant {

		private final Ground ground;

		private final Entrant entrant;

		private int round;

		private @Nullable Stage stage;

		private @Nullable Program program;

		private @Nullable Program load;

		Handling(Ground ground, Entrant entrant) {
			this.ground = ground;
			this.entrant = entrant;
		}

		@Override
		public Duration least() {
			return BenchSettings.warmUp().multipliedBy(3).dividedBy(2);
		}

		/**
		 * Warms up with as many orders for each contestant however long they take. The
		 * warm-up is long, since compiling takes most of the processors' time; at most
		 * three times as long, until that is done.
		 */
		@Override
		public void open(Duration most) throws Exception {
			long end = System.nanoTime() + most.toNanos();
			int port = FreePort.find();
			List<String> arguments = (this.entrant == Entrant.BUSBAR)
					? List.of("--server.port=" + port, "--bench.observe=true")
					: List.of("http=" + port, "observe=true");
			Stage place = this.ground.stage(this.entrant, Orders.usual(0));
			this.stage = place;
			this.program = place.start(arguments);
			this.load = Program.start(Program.folder("bench-load"), OpenLoad.class, List.of(), List.of(),
					List.of(String.valueOf(port), place.observed()));
			Compilers.warmUp(this.entrant.title(), this.program, least(), end, this::warmUp);
		}

		/**
		 * Half of the time many at once, then at the high rate of a round, and for longer
		 * at 600 a second in place of the low one: single orders take other ways through
		 * the code than many, and at 200 a second these would be compiled for minutes,
		 * while they are measured.
		 */
		private void warmUp(double seconds) throws Exception {
			load(WARM_UP.stream()
				.map((part) -> part.rate() + "x" + seconds * part.share())
				.collect(Collectors.joining(" ")));
		}

		/** Measures each rate for twice a round's time. */
		@Override
		public Map<String, Double> round() throws Exception {
			String seconds = "x" + 2 * BenchSettings.round().toMillis() / 1e3;
			List<String[]> lines = load(RATES.stream().map((rate) -> rate + seconds).collect(Collectors.joining(" ")));
			Map<String, Double> values = new LinkedHashMap<>();
			for (int i = 0; i < RATES.size(); i++) {
				for (int j = 0; j < PERCENTILES.size(); j++) {
					values.put(name(this.entrant, RATES.get(i), PERCENTILES.get(j)),
							Double.parseDouble(lines.get(i)[j]) / 1e3);
				}
			}
			return values;
		}

		private List<String[]> load(String phases) throws Exception {
			Program generator = Objects.requireNonNull(this.load);
			String file = "load-" + this.round++;
			generator.tell(phases);
			Awaitility.await(file + ", see " + generator.folder()).atMost(Duration.ofMinutes(10)).until(() -> {
				generator.check();
				Objects.requireNonNull(this.program).check();
				return generator.read(file) != null;
			});
			return String.valueOf(generator.read(file)).lines().map((line) -> line.split(" ", -1)).toList();
		}

		@Override
		public void finish() throws Exception {
			List<String> lines = String.valueOf(Objects.requireNonNull(this.load).read("load-" + (this.round - 1)))
				.lines()
				.toList();
			String[] counts = lines.get(lines.size() - 1).split(" ", -1);
			Program handler = Objects.requireNonNull(this.program);
			handler.check();
			handler.stop();
			assertThat(Check.done(this.entrant, Objects.requireNonNull(this.stage), List.of(Orders.usual(0)), 0))
				.as("handled orders, %s", this.entrant.title())
				.isEqualTo(Long.parseLong(counts[0]));
			assertThat(counts[1]).as("results seen twice, %s", this.entrant.title()).isEqualTo("0");
		}

		@Override
		public void close() {
			if (this.load != null) {
				this.load.close();
			}
			if (this.program != null) {
				this.program.close();
			}
			if (this.stage != null) {
				this.stage.close();
			}
		}

	}

	/** A part of the warm-up: a rate, and for which share of the time. */
	private record Part(int rate, double share) {

	}

}
