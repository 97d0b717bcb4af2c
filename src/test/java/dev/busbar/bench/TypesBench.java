package dev.busbar.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.ground.Types;
import dev.busbar.testing.FreePort;
import org.junit.jupiter.api.Tag;

/**
 * What many event types cost, each with a handler of its own, on streams of their own and
 * on one that they share: the time to readiness, threads and memory when nothing is to
 * do, and the rate of draining orders that are spread over them.
 */
@Tag("keys")
class TypesBench implements EachGround {

	private static final String ONE = "1 type";

	@Override
	public void measure(Ground ground) throws Exception {
		Drains drains = new Drains(ground);
		Contest contest = new Contest("types-" + ground.name(), "Event types, " + ground.title(), "orders/s")
			.where("to ready", "ms")
			.where("threads", "threads")
			.where("resident", "MB")
			.on(ground)
			.under("Busbar alone; a record and a handler for each type; 4 partitions of each stream, which is there")
			.under("idle: nothing is stored; from the start of the JVM to readiness, 5 s later threads and resident memory; "
					+ BenchSettings.HEAP)
			.under("orders/s: as drain, the orders spread evenly over the types");
		add(contest, drains, ground, ONE, Types.ONE);
		for (int types : List.of(20, 200)) {
			for (boolean shared : List.of(false, true)) {
				String name = types + " types, " + (shared ? "one stream" : "own streams");
				add(contest, drains, ground, name, new Types(types, shared));
				contest.atLeast(0.75, name, ONE);
			}
		}
		contest.run();
	}

	private static void add(Contest contest, Drains drains, Ground ground, String name, Types types) {
		Orders orders = Orders.usual(0).withTypes(types);
		contest.with(name, () -> {
			Map<String, Double> values = new LinkedHashMap<>();
			values.put(name, drains.round(orders));
			idle(ground, orders).forEach((what, value) -> values.put(name + ", " + what, value));
			return values;
		});
	}

	private static Map<String, Double> idle(Ground ground, Orders orders) throws Exception {
		int port = FreePort.find();
		try (Stage stage = ground.stage(Entrant.BUSBAR, orders)) {
			long begun = System.nanoTime();
			try (Program program = stage.start(List.of("--server.port=" + port))) {
				StartBench.awaitReady(program, port);
				Map<String, Double> values = new LinkedHashMap<>();
				values.put("to ready", (System.nanoTime() - begun) / 1e6);
				TimeUnit.SECONDS.sleep(5);
				values.put("threads", program.status("Threads"));
				values.put("resident idle", program.status("VmRSS") / 1024);
				program.stop();
				return values;
			}
		}
	}

}
