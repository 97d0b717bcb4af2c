package dev.busbar.failure;

import dev.busbar.failure.cases.FailureCase;
import dev.busbar.failure.ground.Scene;
import dev.busbar.failure.ground.Site;
import dev.busbar.failure.ground.Size;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static java.util.Locale.ROOT;

/**
 * A run of cases on one broker. A subclass says by its interfaces which cases apply.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class FailureSuite implements FailureCase {

	private final Scene scene;

	FailureSuite(Site site, Size size) {
		this.scene = new Scene(site, size);
	}

	@Override
	public final Scene scene() {
		return this.scene;
	}

	@BeforeEach
	void begin(TestInfo test) {
		String method = test.getTestMethod().orElseThrow().getName();
		this.scene.begin(method.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ").toLowerCase(ROOT));
	}

	@AfterAll
	void end() {
		this.scene.close();
	}

}
