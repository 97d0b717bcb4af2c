package dev.busbar.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.busbar.bench.ground.BenchSettings;
import dev.busbar.bench.ground.Ground;
import org.junit.jupiter.api.Assumptions;

/**
 * Contestants that are measured in turn: A B C, A B C, and so on. Each is started and
 * warmed up before, and ended after all rounds, unless it starts anew for each.
 */
final class Contest {

	/** How much of the box is for starts and warm-ups. */
	private static final int OPENING_PERCENT = 60;

	private final String name;

	private final String title;

	private final String unit;

	private final List<String> conditions = new ArrayList<>();

	private final Map<String, Contestant> contestants = new LinkedHashMap<>();

	private final Map<String, String> units = new LinkedHashMap<>();

	private final List<Goal> goals = new ArrayList<>();

	private Duration box = BenchSettings.box(Duration.ofSeconds(130));

	/**
	 * Creates one with nobody in it, unless all benchmarks together have had their time.
	 * @param name the name, fit for a file
	 * @param title the name for people
	 * @param unit what is measured
	 */
	Contest(String name, String title, String unit) {
		this.name = name;
		this.title = title;
		this.unit = unit;
		boolean over = BenchSettings.isOver();
		if (over) {
			System.out.printf("%s: left out, the box of all benchmarks is full%n", name);
		}
		Assumptions.assumeFalse(over, "the box of all benchmarks is full");
	}

	/** Says where all contestants run. */
	Contest on(Ground ground) throws Exception {
		return under(ground.versions()).under(ground.durability());
	}

	/** Says under which condition all contestants run. */
	Contest under(String condition) {
		this.conditions.add(condition);
		return this;
	}

	/** Says that the values of those whose names have a part are in another unit. */
	Contest where(String part, String other) {
		this.units.put(part, other);
		return this;
	}

	/** Adds a contestant. */
	Contest with(String name, Contestant contestant) {
		this.contestants.put(name, contestant);
		return this;
	}

	/**
	 * Adds a contestant that starts anew for each round.
	 * @param contestant its name
	 * @param round runs it once, warm-up included, and gives the value
	 */
	Contest withNew(String contestant, Callable<Double> round) {
		return with(contestant, () -> Map.of(contestant, round.call()));
	}

	/** Gives it another time than others if all scenarios run. */
	Contest box(Duration ofAll) {
		this.box = BenchSettings.box(ofAll);
		return this;
	}

	/** Wants a ratio of medians of at least that. */
	Contest atLeast(double ratio, String of, String to) {
		this.goals.add(new Goal(of, to, ratio, false, 0));
		return this;
	}

	/** Wants a ratio of medians of at most that. */
	Contest atMost(double ratio, String of, String to) {
		this.goals.add(new Goal(of, to, ratio, true, 0));
		return this;
	}

	/** Lets all run, and reports what they gave. */
	Outcome run() throws Exception {
		Map<String, List<Double>> values = new LinkedHashMap<>();
		try (Started started = new Started()) {
			long start = System.nanoTime();
			Duration left = this.contestants.values()
				.stream()
				.map(Contestant::least)
				.reduce(Duration.ZERO, Duration::plus);
			for (Map.Entry<String, Contestant> contestant : this.contestants.entrySet()) {
				System.out.printf("%s: %s starts%n", this.name, contestant.getKey());
				left = left.minus(contestant.getValue().least());
				started.open(contestant.getValue(), most(start, left));
			}
			rounds(start, values);
			for (Contestant contestant : this.contestants.values()) {
				contestant.finish();
			}
		}
		Outcome outcome = outcome(values, List.of());
		outcome = outcome(values, reached(outcome));
		BenchReport.write(outcome);
		return outcome;
	}

	/** What those that come later need at least is left to them. */
	private Duration most(long start, Duration left) {
		return this.box.multipliedBy(OPENING_PERCENT).dividedBy(100).minusNanos(System.nanoTime() - start).minus(left);
	}

	private void rounds(long start, Map<String, List<Double>> values) throws Exception {
		int rounds = BenchSettings.rounds();
		long begun = System.nanoTime();
		for (int round = 1; round <= rounds; round++) {
			for (Contestant contestant : this.contestants.values()) {
				int number = round;
				contestant.round().forEach((each, value) -> {
					System.out.printf("%s, round %d of %d: %s: %,.1f %s%n", this.name, number, rounds, each, value,
							unit(each));
					values.computeIfAbsent(each, (key) -> new ArrayList<>()).add(value);
				});
			}
			// As long as the rounds before: whatever does not fit into the box is left
			// out.
			long each = (System.nanoTime() - begun) / round;
			if (round < rounds
					&& (System.nanoTime() - start + each > this.box.toNanos() || BenchSettings.isOverIn(each))) {
				this.conditions.add("only %d of %d rounds fitted into the box".formatted(round, rounds));
				break;
			}
		}
	}

	private Outcome outcome(Map<String, List<Double>> values, List<Goal> reached) {
		Map<String, String> others = new LinkedHashMap<>();
		values.keySet()
			.stream()
			.filter((each) -> !unit(each).equals(this.unit))
			.forEach((each) -> others.put(each, unit(each)));
		return new Outcome(this.name, this.title, this.unit, others, this.conditions, values, reached,
				BenchSettings.environment());
	}

	private String unit(String contestant) {
		return this.units.entrySet()
			.stream()
			.filter((each) -> contestant.contains(each.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(this.unit);
	}

	private List<Goal> reached(Outcome outcome) {
		return this.goals.stream()
			.filter((goal) -> outcome.values().containsKey(goal.of()) && outcome.values().containsKey(goal.to()))
			.map((goal) -> new Goal(goal.of(), goal.to(), goal.wanted(), goal.most(),
					outcome.median(goal.of()) / outcome.median(goal.to())))
			.toList();
	}

	/** Those that were started, to be ended together. */
	private static final class Started implements AutoCloseable {

		private final List<Contestant> contestants = new ArrayList<>();

		void open(Contestant contestant, Duration most) throws Exception {
			this.contestants.add(contestant);
			contestant.open(most);
		}

		/** Ends all, whatever becomes of the others. */
		@Override
		public void close() {
			RuntimeException failure = null;
			for (Contestant contestant : this.contestants) {
				try {
					contestant.close();
				}
				catch (RuntimeException ex) {
					if (failure != null) {
						ex.addSuppressed(failure);
					}
					failure = ex;
				}
			}
			if (failure != null) {
				throw failure;
			}
		}

	}

}
