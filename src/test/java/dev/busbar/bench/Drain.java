package dev.busbar.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.busbar.bench.ground.Compilers;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;

/**
 * One kind of orders that a process handles as fast as it can. For each round further
 * orders are stored, and all of them are handled before it ends. The process ends with
 * the first of its kinds that does.
 */
final class Drain implements Contestant {

	static final Duration SETTLE = Duration.ofMillis(1_500);

	private static final Duration SLOW = Duration.ofMillis(500);

	private static final Duration FOREVER = Duration.ofHours(1);

	/** Orders are stored for so much longer than they are wanted. */
	private static final double SPARE = 1.3;

	private static final int FEWEST = 100;

	/** What is added to a name for the processor time of each order or event. */
	static final String PROCESSOR = ", processor time";

	/** So many times shorter a warm-up is if the process is warm. */
	private static final int WARM = 3;

	private final DrainProcess process;

	private final String name;

	private final Orders like;

	private final double warmUp;

	private final Duration window;

	/** Orders a second, as far as it is known. */
	private double rate;

	/** The number of the next one. */
	private int next;

	Drain(DrainProcess process, String name, Orders like, Duration warmUp, Duration window, double guess) {
		this.process = process;
		this.name = name;
		this.like = like;
		this.warmUp = warmUp.toMillis() / 1e3;
		this.window = window;
		this.rate = guess;
		this.next = like.first();
	}

	String name() {
		return this.name;
	}

	Orders like() {
		return this.like;
	}

	/** How many were stored. */
	int stored() {
		return this.next - this.like.first();
	}

	/** The first of its process has a long one. */
	@Override
	public Duration least() {
		return Duration.ofMillis((long) (1e3 * ((this.like.kind() == 0) ? this.warmUp : this.warmUp / WARM)));
	}

	/**
	 * The first orders are few, since it is not known how many it takes; then as many as
	 * the time that is left, which is not too short to tell the rate. It goes on until
	 * its compilers are at rest, or three times as long.
	 */
	@Override
	public void open(Duration most) throws Exception {
		long end = System.nanoTime() + most.toNanos();
		double least = least().toMillis() / 1e3;
		this.process.prepare(this.like);
		double ran = learn(handle(count(Math.min(least, 1.5)), SLOW, FOREVER));
		Compilers compilers = new Compilers(this.process.program());
		boolean warm;
		do {
			double seconds = Math.max(4, Math.min(least - ran, 10));
			double took = learn(handle(count(seconds), SLOW, FOREVER));
			ran += took;
			warm = compilers.areAtRest(took);
		}
		while (ran < least || (!warm && ran < Compilers.LONGEST * least && System.nanoTime() < end));
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
			Duration before = this.process.program().processor();
			Measurement measured = handle(count, SETTLE, this.window);
			if (measured.seconds() * 2 >= seconds) {
				// A slow round may be followed by a fast one.
				this.rate = Math.max(measured.rate(), 0.8 * this.rate);
				Duration processor = this.process.program().processor().minus(before);
				Map<String, Double> values = new LinkedHashMap<>();
				values.put(this.name, measured.rate());
				values.put(this.name + PROCESSOR, processor.toNanos() / 1e3 / count);
				return values;
			}
			this.rate *= 2;
			System.out.printf("%s: %,d orders were too few%n", this.name, count);
		}
	}

	private int count(double seconds) {
		return (int) Math.max(FEWEST, this.rate * seconds);
	}

	private Measurement handle(int count, Duration settle, Duration most) throws Exception {
		int from = this.next;
		this.next += count;
		if (!this.like.has(this.next)) {
			throw new IllegalStateException("There are no numbers left for " + this.name);
		}
		return this.process.handle(this.like, from, count, settle, most);
	}

	@Override
	public void finish() throws Exception {
		this.process.finish();
	}

	@Override
	public void close() {
		this.process.close();
	}

}
