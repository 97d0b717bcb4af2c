package dev.busbar.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.load.OpenLoad;
import dev.busbar.testing.FreePort;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Orders that come in by HTTP at a fixed rate: how long it takes until the result can be
 * seen on the bus.
 */
@Tag("latency")
class LatencyBench implements EachGround {

	private static final List<Integer> RATES = List.of(200, 1_000);

	private static final List<String> PERCENTILES = List.of("p50", "p99", "p99.9");

	@Override
	public void measure(Ground ground) throws Exception {
		Contest contest = new Contest("latency-" + ground.name(), "Latency, " + ground.title(), "ms")
			.under(ground.durability())
			.under("POST /events to the result on the bus, open loop; from when an order was to be sent until a"
					+ " plain client of the broker saw its result");
		for (Entrant entrant : BenchSettings.only(Entrant.BUSBAR, Entrant.FLOOR)) {
			contest.with(entrant.title(), () -> round(ground, entrant));
		}
		for (int rate : RATES) {
			contest.atMost(1.5, name(Entrant.BUSBAR, rate, "p99"), name(Entrant.FLOOR, rate, "p99"));
		}
		contest.run();
	}

	private static String name(Entrant entrant, int rate, String percentile) {
		return "%,d/s, %s: %s".formatted(rate, percentile, entrant.title());
	}

	private static Map<String, Double> round(Ground ground, Entrant entrant) throws Exception {
		int port = FreePort.find();
		Orders orders = Orders.usual(0);
		List<String> arguments = (entrant == Entrant.BUSBAR) ? List.of("--server.port=" + port, "--bench.observe=true")
				: List.of("http=" + port, "observe=true");
		try (Stage stage = ground.stage(entrant, orders); Program program = stage.start(arguments)) {
			List<String[]> lines = load(port, stage);
			String[] counts = lines.get(lines.size() - 1);
			program.stop();
			assertThat(Check.done(entrant, stage, orders, 0)).as("handled orders, %s", entrant.title())
				.isEqualTo(Long.parseLong(counts[0]));
			assertThat(counts[1]).as("results seen twice, %s", entrant.title()).isEqualTo("0");
			Map<String, Double> values = new LinkedHashMap<>();
			for (int i = 0; i < RATES.size(); i++) {
				for (int j = 0; j < PERCENTILES.size(); j++) {
					values.put(name(entrant, RATES.get(i), PERCENTILES.get(j)),
							Double.parseDouble(lines.get(i + 1)[j]) / 1e3);
				}
			}
			return values;
		}
	}

	/**
	 * Warms up at three times the highest rate, with as many orders for each contestant
	 * however long they take, and measures each rate for twice a round's time. The
	 * warm-up is long: until the JVM has compiled what it will, that takes most of the
	 * processors' time.
	 */
	private static List<String[]> load(int port, Stage stage) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(String.valueOf(port), stage.observed(),
				3 * RATES.get(RATES.size() - 1) + "x" + 2.5 * BenchSettings.warmUp().toMillis() / 1e3));
		RATES.forEach((rate) -> arguments.add(rate + "x" + 2 * BenchSettings.round().toMillis() / 1e3));
		try (Program load = Program.start(Program.folder("bench-load"), OpenLoad.class, List.of(), List.of(),
				arguments)) {
			load.await(900);
			return String.valueOf(load.read("load")).lines().map((line) -> line.split(" ", -1)).toList();
		}
	}

}
