package dev.busbar.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.busbar.bench.ground.BenchSettings;
import org.junit.jupiter.api.Assumptions;

/**
 * Contestants that run in turn: A B C, A B C, and so on.
 */
final class Contest {

	private final String name;

	private final String title;

	private final String unit;

	private final List<String> conditions = new ArrayList<>();

	private final Map<String, Callable<Map<String, Double>>> contestants = new LinkedHashMap<>();

	private final Map<String, String> units = new LinkedHashMap<>();

	private final List<Goal> goals = new ArrayList<>();

	Contest(String name, String title, String unit) {
		this.name = name;
		this.title = title;
		this.unit = unit;
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

	/**
	 * Adds a contestant.
	 * @param contestant its name
	 * @param round runs it once, warm-up included, and gives the value
	 */
	Contest with(String contestant, Callable<Double> round) {
		return withSeveral(contestant, () -> Map.of(contestant, round.call()));
	}

	/**
	 * Adds a contestant whose round gives several values.
	 * @param contestant its name
	 * @param round runs it once, and gives the values by what they are called
	 */
	Contest withSeveral(String contestant, Callable<Map<String, Double>> round) {
		this.contestants.put(contestant, round);
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
		if (BenchSettings.isOver()) {
			System.out.printf("%s: left out, the box of all benchmarks is full%n", this.name);
		}
		Assumptions.assumeFalse(BenchSettings.isOver(), "the box of all benchmarks is full");
		Map<String, List<Double>> values = new LinkedHashMap<>();
		int rounds = BenchSettings.rounds();
		long start = System.nanoTime();
		for (int round = 1; round <= rounds; round++) {
			for (Map.Entry<String, Callable<Map<String, Double>>> contestant : this.contestants.entrySet()) {
				int number = round;
				contestant.getValue().call().forEach((name, value) -> {
					System.out.printf("%s, round %d of %d: %s: %,.1f %s%n", this.name, number, rounds, name, value,
							unit(name));
					values.computeIfAbsent(name, (each) -> new ArrayList<>()).add(value);
				});
			}
			// As long as the rounds before: whatever does not fit into the box is left
			// out.
			long each = (System.nanoTime() - start) / round;
			if (round < rounds && (System.nanoTime() - start + each > BenchSettings.box().toNanos()
					|| BenchSettings.isOverIn(each))) {
				this.conditions.add("only %d of %d rounds fitted into the box".formatted(round, rounds));
				break;
			}
		}
		Outcome outcome = outcome(values, List.of());
		outcome = outcome(values, reached(outcome));
		BenchReport.write(outcome);
		return outcome;
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

}
