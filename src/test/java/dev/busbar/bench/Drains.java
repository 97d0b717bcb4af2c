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

/**
 * Rounds in which stored orders are handled as fast as they can be, on one ground.
 */
final class Drains {

	private static final int FEWEST = 5_000;

	private final Ground ground;

	private final Duration warmUp;

	private final Duration window;

	private final Map<String, Double> rates = new HashMap<>();

	Drains(Ground ground) {
		this(ground, BenchSettings.warmUp(), BenchSettings.round());
	}

	private Drains(Ground ground, Duration warmUp, Duration window) {
		this.ground = ground;
		this.warmUp = warmUp;
		this.window = window;
	}

	/** Rounds of half the time, where many are compared. */
	static Drains ofHalfTheTime(Ground ground) {
		return new Drains(ground, BenchSettings.warmUp().dividedBy(2), BenchSettings.round().dividedBy(2));
	}

	/**
	 * Lets a contestant run for the time of a round. As many orders are stored as that
	 * takes, as far as it is known, and more if it was not.
	 */
	double round(Entrant entrant, Orders like, String... arguments) throws Exception {
		return round(entrant, like, 0, (stage) -> 0, arguments);
	}

	/**
	 * Lets Busbar run so that at least some orders still wait at the end.
	 * @param waiting how many
	 * @param preparation what is done before it starts
	 */
	double roundWith(int waiting, Preparation preparation) throws Exception {
		return round(Entrant.BUSBAR, Orders.usual(0), waiting, preparation);
	}

	private double round(Entrant entrant, Orders like, int waiting, Preparation preparation, String... arguments)
			throws Exception {
		double seconds = this.warmUp.plus(this.window).toMillis() / 1e3;
		String key = entrant + " " + like + " " + List.of(arguments);
		while (true) {
			int backlog = rounded(1.3 * seconds * this.rates.getOrDefault(key, guess(entrant, like)) + waiting);
			Measurement measured = measure(entrant, like.withCount(backlog), preparation, arguments);
			this.rates.merge(key, measured.rate(), Math::max);
			if (measured.seconds() * 2 >= this.window.toMillis() / 1e3) {
				return measured.rate();
			}
			this.rates.merge(key, 2 * backlog / seconds, Math::max);
			System.out.printf("%s: %,d orders were too few%n", entrant.title(), backlog);
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

	private Measurement measure(Entrant entrant, Orders orders, Preparation preparation, String... arguments)
			throws Exception {
		try (Stage stage = this.ground.stage(entrant, orders)) {
			int known = preparation.prepare(stage);
			try (Program program = stage.start(List.of(arguments))) {
				Measurement measured = Measurement.of(program, stage, orders.count(), this.warmUp, this.window);
				program.stop();
				Check.done(entrant, stage, orders, known);
				return measured;
			}
		}
	}

	/** Prepares a stage for Busbar. */
	@FunctionalInterface
	interface Preparation {

		/** Returns how many rows it has added to the inbox. */
		int prepare(Stage stage) throws Exception;

	}

}
