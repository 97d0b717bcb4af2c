package dev.busbar.failure.cases;

import java.util.Map;

import org.junit.jupiter.api.Test;

/**
 * The application is killed at exact points of the way of an event.
 */
public interface KillCases extends HaltCase {

	@Test
	default void killedBeforeTheCommit() {
		killAt("before-commit", Map.of());
	}

	@Test
	default void killedBetweenTheCommitAndThePublishingOfResults() {
		killAt("before-publish", Map.of());
	}

	/** What is scheduled leaves through the relay on every broker. */
	@Test
	default void killedBetweenTheSendingOfTheRelayAndItsMark() {
		killAt("before-mark", Map.of("busbardelay", "PT1S"));
	}

}
