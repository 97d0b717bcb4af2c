package dev.busbar.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Contestants that run in turn: A B C, A B C, and so on.
 */
final class Contest {

	private static final int ROUNDS = 3;

	private final String name;

	private final String title;

	private final String unit;

	private final List<String> conditions = new ArrayList<>();

	private final Map<String, Callable<Double>> contestants = new LinkedHashMap<>();

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

	/**
	 * Adds a contestant.
	 * @param contestant its name
	 * @param round runs it once, warm-up included, and gives the value
	 */
	Contest with(String contestant, Callable<Double> round) {
		this.contestants.put(contestant, round);
		return this;
	}

	/** Lets all run, and reports what they gave. */
	Outcome run() throws Exception {
		Map<String, List<Double>> values = new LinkedHashMap<>();
		for (int round = 1; round <= ROUNDS; round++) {
			for (Map.Entry<String, Callable<Double>> contestant : this.contestants.entrySet()) {
				double value = contestant.getValue().call();
				System.out.printf("%s, round %d of %d: %s: %,.1f %s%n", this.name, round, ROUNDS, contestant.getKey(),
						value, this.unit);
				values.computeIfAbsent(contestant.getKey(), (each) -> new ArrayList<>()).add(value);
			}
		}
		Outcome outcome = new Outcome(this.name, this.title, this.unit, this.conditions, values);
		BenchReport.write(outcome);
		return outcome;
	}

}
