package dev.busbar.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Lets the tests wait a minute where they name no time: it costs nothing where all is
 * well, and the machine may be busy.
 */
public final class Patience implements TestExecutionListener {

	@Override
	public void testPlanExecutionStarted(TestPlan plan) {
		Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
	}

}
