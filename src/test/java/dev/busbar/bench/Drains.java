package dev.busbar.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import dev.busbar.bench.ground.Types;

/**
 * Contestants that handle stored orders as fast as they can, on one ground.
 */
final class Drains {

	/** On Kafka, with 800 partitions to consume, it took 82 seconds. */
	private static final Duration START = Duration.ofMinutes(4);

	private static final int FEWEST = 5_000;

	/** So many are handled before others are stored: enough for some of each stream. */
	private static final int FIRST = 4_000;

	private final Ground ground;

	private final Duration warmUp;

	private final Duration window;

	private final Map<String, Double> rates = new HashMap<>();

	private final Map<Shared, DrainProcess> processes = new HashMap<>();

	Drains(Ground ground) {
		this(ground, BenchSettings.warmUp(), BenchSettings.round());
	}

	private Drains(Ground ground, Duration warmUp, Duration window) {
		this.ground = ground;
		this.warmUp = warmUp;
		this.window = window;
	}

	/** Of half the time, where many are compared. */
	static Drains ofHalfTheTime(Ground ground) {
		return new Drains(ground, BenchSettings.warmUp().dividedBy(2), BenchSettings.round().dividedBy(2));
	}

	/**
	 * A contestant that warms up once. Those that differ in nothing but the keys or the
	 * size of their orders share a process, whose warm-up then is shorter for all but the
	 * first; unless the floor takes fewer of one at a time, see {@link Orders#batch()}.
	 * @param name what its rate is called
	 * @param entrant who it is
	 * @param like what the orders are like
	 * @param arguments what it is started with besides
	 */
	Contestant contestant(String name, Entrant entrant, Orders like, String... arguments) {
		if (entrant == Entrant.MODULITH) {
			return new UnfedDrain(name, this.ground, entrant, this.warmUp, this.window);
		}
		Shared shared = new Shared(entrant, like.partitions(), like.types(), like.batch(), List.of(arguments));
		return this.processes
			.computeIfAbsent(shared, (each) -> new DrainProcess(this.ground, each.entrant(), each.arguments()))
			.add(name, like, this.warmUp, this.window, guess(entrant, like));
	}

	/**
	 * Lets Busbar start anew for a round, with a short warm-up once it is ready and has
	 * handled a few orders of each stream. As many are stored then as that takes, as far
	 * as it is known, and more if it was not.
	 */
	double round(Orders like) throws Exception {
		Duration warming = this.warmUp.multipliedBy(2).dividedBy(5);
		return round(like, (orders) -> {
			try (Stage stage = this.ground.stage(Entrant.BUSBAR, like.withCount(FIRST));
					Program program = stage.start(List.of())) {
				program.awaitStart(START);
				Measurement.awaitResults(program, stage, FIRST);
				stage.store(orders, FIRST, FIRST + orders.count());
				return finished(stage, program, FIRST, like.withCount(FIRST + orders.count()), 0, warming);
			}
		}, 0, warming);
	}

	/**
	 * Lets Busbar start anew so that at least some orders still wait at the end.
	 * @param waiting how many
	 * @param preparation what is done before it starts
	 */
	double roundWith(int waiting, Preparation preparation) throws Exception {
		Duration warming = this.warmUp;
		return round(Orders.usual(0), (orders) -> {
			try (Stage stage = this.ground.stage(Entrant.BUSBAR, orders)) {
				int known = preparation.prepare(stage);
				try (Program program = stage.start(List.of())) {
					return finished(stage, program, 0, orders, known, warming);
				}
			}
		}, waiting, warming);
	}

	private double round(Orders like, Round round, int waiting, Duration warming) throws Exception {
		double seconds = warming.plus(this.window).toMillis() / 1e3;
		String key = like.toString();
		while (true) {
			int backlog = rounded(1.3 * seconds * this.rates.getOrDefault(key, guess(Entrant.BUSBAR, like)) + waiting);
			Measurement measured = round.measure(like.withCount(backlog));
			this.rates.merge(key, measured.rate(), Math::max);
			if (measured.seconds() * 2 >= this.window.toMillis() / 1e3) {
				return measured.rate();
			}
			this.rates.merge(key, 2 * backlog / seconds, Math::max);
			System.out.printf("%,d orders were too few%n", backlog);
		}
	}

	private static double guess(Entrant entrant, Orders like) {
		return BenchSettings.guess() * entrant.guess() * 1_000 / (1_000 + like.note());
	}

	/** Few sizes, since the embedded broker's are filled once. */
	private static int rounded(double count) {
		int step = (count > 100_000) ? 100_000 : (count > FEWEST) ? FEWEST : 100;
		return (int) Math.ceil(count / step) * step;
	}

	private Measurement finished(Stage stage, Program program, int before, Orders orders, int known, Duration warming)
			throws Exception {
		Measurement measured = Measurement.of(program, stage, before, orders.count(), warming, this.window);
		program.awaitStart(START);
		program.stop();
		Check.done(Entrant.BUSBAR, stage, List.of(orders), known);
		return measured;
	}

	/** What contestants must have in common to share a process. */
	private record Shared(Entrant entrant, int partitions, Types types, int batch, List<String> arguments) {
	}

	/** Measures once, with a number of orders. */
	@FunctionalInterface
	private interface Round {

		Measurement measure(Orders orders) throws Exception;

	}

	/** Prepares a stage for Busbar. */
	@FunctionalInterface
	interface Preparation {

		/** Returns how many rows it has added to the inbox. */
		int prepare(Stage stage) throws Exception;

	}

}
