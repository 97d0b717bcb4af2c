package dev.busbar.contract;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints which promise held on which broker when all tests have run: a line for each test
 * of {@link BusContract}, a column for each subclass.
 */
public class PromiseMatrix implements TestExecutionListener {

	/** Consoles of Debian's default locale know ASCII only. */
	private static final boolean UNICODE = "UTF-8".equals(System.getProperty("native.encoding"));

	private static final String KEPT = UNICODE ? "✔" : "yes";

	private static final String BROKEN = UNICODE ? "✘" : "NO";

	private final Set<String> brokers = new LinkedHashSet<>();

	private final Map<String, Map<String, String>> promises = new LinkedHashMap<>();

	@Override
	public void executionFinished(TestIdentifier test, TestExecutionResult result) {
		mark(test, (result.getStatus() == Status.SUCCESSFUL) ? KEPT : BROKEN);
	}

	@Override
	public void executionSkipped(TestIdentifier test, String reason) {
		mark(test, BROKEN);
	}

	@Override
	public void testPlanExecutionFinished(TestPlan plan) {
		if (this.promises.isEmpty()) {
			return;
		}
		int width = this.promises.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
		StringBuilder text = new StringBuilder("\n").append(pad("", width));
		this.brokers.forEach((broker) -> text.append(pad(broker, broker.length() + 2)));
		this.promises.forEach((promise, marks) -> {
			text.append('\n').append(pad(promise, width));
			this.brokers.forEach((broker) -> text.append(pad(marks.getOrDefault(broker, "-"), broker.length() + 2)));
		});
		System.out.println(text.append('\n'));
	}

	private void mark(TestIdentifier test, String mark) {
		MethodSource method = test.getSource()
			.filter(MethodSource.class::isInstance)
			.map(MethodSource.class::cast)
			.orElse(null);
		if (test.isTest() && method != null && BusContract.class.isAssignableFrom(method.getJavaClass())) {
			String broker = method.getJavaClass().getSimpleName().replace("BusIT", "");
			this.brokers.add(broker);
			this.promises.computeIfAbsent(words(method.getMethodName()), (promise) -> new LinkedHashMap<>())
				.put(broker, mark);
		}
	}

	private static String words(String method) {
		return method.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
	}

	private static String pad(String text, int width) {
		return text + " ".repeat(Math.max(0, width - text.length()));
	}

}
