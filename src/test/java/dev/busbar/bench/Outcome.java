package dev.busbar.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the rounds of a benchmark gave.
 *
 * @param name the benchmark's name, fit for a file
 * @param title what was measured
 * @param unit the unit of the values
 * @param units the units of contestants that have another one
 * @param conditions under which conditions, durability included
 * @param values the values of each contestant, a round each
 * @param goals what was to be reached
 * @param environment when it ran, and on what
 */
record Outcome(String name, String title, String unit, Map<String, String> units, List<String> conditions,
		Map<String, List<Double>> values, List<Goal> goals, String environment) {

	Outcome {
		// A file that an earlier version has written says none.
		units = (units != null) ? Map.copyOf(units) : Map.of();
		environment = (environment != null) ? environment : "";
		conditions = List.copyOf(conditions);
		values = new LinkedHashMap<>(values);
		goals = List.copyOf(goals);
	}

	/** The unit of a contestant's values. */
	String unit(String contestant) {
		return this.units.getOrDefault(contestant, this.unit);
	}

	/**
	 * What a contestant is compared with: with whom a goal does, else the first whose
	 * values have the same unit.
	 */
	String comparedWith(String contestant) {
		for (Goal goal : this.goals) {
			if (goal.of().equals(contestant)) {
				return goal.to();
			}
		}
		return this.values.keySet()
			.stream()
			.filter((each) -> unit(each).equals(unit(contestant)))
			.findFirst()
			.orElse(contestant);
	}

	/** The largest value of those with the same unit. */
	double mostBeside(String contestant) {
		return this.values.keySet()
			.stream()
			.filter((each) -> unit(each).equals(unit(contestant)))
			.mapToDouble(this::most)
			.max()
			.orElse(1);
	}

	/** The median of a contestant's rounds. */
	double median(String contestant) {
		double[] sorted = sorted(contestant);
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	/** The smallest value of a contestant. */
	double least(String contestant) {
		return sorted(contestant)[0];
	}

	/** The largest value of a contestant. */
	double most(String contestant) {
		double[] sorted = sorted(contestant);
		return sorted[sorted.length - 1];
	}

	private double[] sorted(String contestant) {
		List<Double> all = this.values.getOrDefault(contestant, List.of());
		if (all.isEmpty()) {
			throw new IllegalArgumentException("No values of '" + contestant + "'");
		}
		double[] sorted = all.stream().mapToDouble(Double::doubleValue).toArray();
		Arrays.sort(sorted);
		return sorted;
	}

}
