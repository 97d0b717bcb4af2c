package dev.busbar.failure.cases;

import dev.busbar.failure.ground.Scene;

/**
 * Cases that need one thing of their broker.
 */
public interface FailureCase {

	/** The application and what it stands on. */
	Scene scene();

}
