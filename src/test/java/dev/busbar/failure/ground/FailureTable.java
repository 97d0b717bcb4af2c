package dev.busbar.failure.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints the counts of all cases on all brokers when all tests have run, as a table in
 * Markdown, also to {@code target/failure-suite.md}: accepted = effects + dead letters +
 * pending.
 */
public class FailureTable implements TestExecutionListener {

	private static final Map<String, Map<String, String>> CASES = new LinkedHashMap<>();

	private static final Set<String> BROKERS = new LinkedHashSet<>();

	static synchronized void put(String name, String broker, String count) {
		BROKERS.add(broker);
		CASES.computeIfAbsent(name, (each) -> new LinkedHashMap<>()).put(broker, count);
	}

	@Override
	public void testPlanExecutionFinished(TestPlan plan) {
		String table = table();
		if (table.isEmpty()) {
			return;
		}
		System.out.println("\nThe failure suite: accepted = effects + dead letters + pending\n\n" + table);
		try {
			Files.writeString(Path.of("target", "failure-suite.md"), table);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static synchronized String table() {
		if (CASES.isEmpty()) {
			return "";
		}
		List<String> lines = new ArrayList<>();
		lines.add("| case | " + String.join(" | ", BROKERS) + " |");
		lines.add("|---".repeat(BROKERS.size() + 1) + "|");
		CASES.forEach((name, counts) -> {
			List<String> cells = BROKERS.stream().map((broker) -> counts.getOrDefault(broker, "-")).toList();
			lines.add("| " + name + " | " + String.join(" | ", cells) + " |");
		});
		return String.join("\n", lines) + "\n";
	}

}
