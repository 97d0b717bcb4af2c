package dev.busbar.contract;

import java.util.Locale;

import dev.busbar.testing.SharedTable;
import dev.busbar.testing.SharedTable.Content;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints which promise held on which broker: a line for each test of {@link BusContract},
 * a column for each subclass that has run so far, so that the last one printed is whole.
 */
public class PromiseMatrix implements TestExecutionListener {

	/** Consoles of Debian's default locale know ASCII only. */
	private static final boolean UNICODE = "UTF-8".equals(System.getProperty("native.encoding"));

	private static final String KEPT = UNICODE ? "✔" : "yes";

	private static final String BROKEN = UNICODE ? "✘" : "NO";

	private final SharedTable table = new SharedTable("promises");

	private boolean more;

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
		if (!this.more) {
			return;
		}
		this.more = false;
		Content content = this.table.content();
		int width = content.rows().keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
		StringBuilder text = new StringBuilder("\n").append(pad("", width));
		content.columns().forEach((broker) -> text.append(pad(broker, broker.length() + 2)));
		content.rows().forEach((promise, marks) -> {
			text.append('\n').append(pad(promise, width));
			content.columns()
				.forEach((broker) -> text.append(pad(marks.getOrDefault(broker, "-"), broker.length() + 2)));
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
			this.table.put(words(method.getMethodName()), broker, mark);
			this.more = true;
		}
	}

	private static String words(String method) {
		return method.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
	}

	private static String pad(String text, int width) {
		return text + " ".repeat(Math.max(0, width - text.length()));
	}

}
