package dev.busbar.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Compilers;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One that handles stored orders as fast as it can. For each round further orders are
 * stored, and all of them are handled before it ends.
 */
final class Drain implements Contestant {

	static final Duration SETTLE = Duration.ofMillis(1_500);

	private static final Duration SLOW = Duration.ofMillis(500);

	private static final Duration FOREVER = Duration.ofHours(1);

	/** Orders are stored for so much longer than they are wanted. */
	private static final double SPARE = 1.3;

	private static final int FEWEST = 100;

	private final String name;

	private final Ground ground;

	private final Entrant entrant;

	private final Orders like;

	private final List<String> arguments;

	private final double warmUp;

	private final Duration window;

	/** Orders a second, as far as it is known. */
	private double rate;

	private int stored;

	private @Nullable Stage stage;

	private @Nullable Program program;

	/**
	 * Creates a contestant.
	 * @param name what its rate is called
	 * @param ground where it works
	 * @param entrant who it is
	 * @param like what the orders are like
	 * @param arguments what it is started with besides
	 * @param warmUp how long it warms up, at least
	 * @param window how long it is measured
	 * @param guess how many orders it may handle in a second
	 */
	Drain(String name, Ground ground, Entrant entrant, Orders like, List<String> arguments, Duration warmUp,
			Duration window, double guess) {
		this.name = name;
		this.ground = ground;
		this.entrant = entrant;
		this.like = like.withCount(0);
		this.arguments = arguments;
		this.warmUp = warmUp.toMillis() / 1e3;
		this.window = window;
		this.rate = guess;
	}

	/**
	 * The first orders are few, since it is not known how many it takes; then as many as
	 * the time that is left, which is not too short to tell the rate. It goes on until
	 * its compilers are at rest, or twice as long.
	 */
	@Override
	public void open() throws Exception {
		Stage place = this.ground.stage(this.entrant, this.like);
		this.stage = place;
		Measurement first = handle(place, count(Math.min(this.warmUp, 1.5)), SLOW, FOREVER);
		Compilers compilers = new Compilers(Objects.requireNonNull(this.program));
		double ran = learn(first);
		boolean warm = false;
		while (ran < this.warmUp || (!warm && ran < Compilers.LONGEST * this.warmUp)) {
			double seconds = Math.max(4, Math.min(this.warmUp - ran, 10));
			double took = learn(handle(place, count(seconds), SLOW, FOREVER));
			ran += took;
			warm = compilers.areAtRest(took);
		}
		System.out.println(compilers.end(this.name));
	}

	/** Learns how fast it is, and gives how long it ran. */
	private double learn(Measurement measured) {
		this.rate = (measured.seconds() > 0.5) ? measured.rate() : 2 * this.rate;
		return SLOW.toMillis() / 1e3 + measured.seconds();
	}

	@Override
	public Map<String, Double> round() throws Exception {
		double seconds = this.window.toMillis() / 1e3;
		while (true) {
			int count = count(SPARE * (seconds + SETTLE.toMillis() / 1e3));
			Measurement measured = handle(Objects.requireNonNull(this.stage), count, SETTLE, this.window);
			if (measured.seconds() * 2 >= seconds) {
				// A slow round may be followed by a fast one.
				this.rate = Math.max(measured.rate(), 0.8 * this.rate);
				return Map.of(this.name, measured.rate());
			}
			this.rate *= 2;
			System.out.printf("%s: %,d orders were too few%n", this.name, count);
		}
	}

	private int count(double seconds) {
		return (int) Math.max(FEWEST, this.rate * seconds);
	}

	/** Stores orders, measures, and waits until all are handled. */
	private Measurement handle(Stage place, int count, Duration settle, Duration most) throws Exception {
		long before = (this.stored > 0) ? place.results() : 0;
		place.store(this.stored, this.stored + count);
		this.stored += count;
		Program running = this.program;
		if (running == null) {
			running = place.start(this.arguments);
			this.program = running;
		}
		Measurement measured = Measurement.of(running, place, before, before + count, settle, most);
		Measurement.awaitResults(running, place, before + count);
		return measured;
	}

	@Override
	public void finish() throws Exception {
		Program running = Objects.requireNonNull(this.program);
		running.check();
		running.stop();
		assertThat(Check.done(this.entrant, Objects.requireNonNull(this.stage), this.like, 0))
			.as("handled orders, %s", this.name)
			.isBetween(this.stored - Math.max(5L, this.stored / 1_000), (long) this.stored);
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
