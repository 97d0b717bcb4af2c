package dev.busbar.failure.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.busbar.testing.SharedTable;
import dev.busbar.testing.SharedTable.Content;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints the counts of the cases and brokers that have run so far, as a table in
 * Markdown, also to {@code target/failure-suite.md}: accepted = effects + dead letters +
 * pending. The last one printed is whole.
 */
public class FailureTable implements TestExecutionListener {

	private static final SharedTable TABLE = new SharedTable("failures");

	private static final AtomicBoolean MORE = new AtomicBoolean();

	static void put(String name, String broker, String count) {
		TABLE.put(name, broker, count);
		MORE.set(true);
	}

	@Override
	public void testPlanExecutionFinished(TestPlan plan) {
		if (!MORE.getAndSet(false)) {
			return;
		}
		String table = table(TABLE.content());
		System.out.println("\nThe failure suite: accepted = effects + dead letters + pending\n\n" + table);
		try {
			Files.writeString(Path.of("target", "failure-suite.md"), table);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String table(Content content) {
		List<String> lines = new ArrayList<>();
		lines.add("| case | " + String.join(" | ", content.columns()) + " |");
		lines.add("|---".repeat(content.columns().size() + 1) + "|");
		content.rows().forEach((name, counts) -> {
			List<String> cells = content.columns().stream().map((broker) -> counts.getOrDefault(broker, "-")).toList();
			lines.add("| " + name + " | " + String.join(" | ", cells) + " |");
		});
		return String.join("\n", lines) + "\n";
	}

}
