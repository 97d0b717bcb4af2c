package dev.busbar.contract.snippets;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.busbar.BusbarApplication;
import dev.busbar.contract.snippets.Transcript.Step;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who types what README.md shows reads what README.md says.
 */
class ReadmeIT {

	/** As the build makes it, and as {@code ./mvnw spring-boot:run} starts it. */
	@Test
	void theTourIsAsItIsTold() throws IOException {
		List<Step> steps = Transcript.of("README.md", "A tour");
		assertThat(steps).hasSizeGreaterThanOrEqualTo(9);
		try (BusbarProcess busbar = BusbarProcess.jar("readme", List.of()).startReady()) {
			take(steps, busbar);
		}
	}

	/** The class of the tests in the package {@code app} is the one of README.md. */
	@Test
	void aHandlerIsOneFileInThePackageApp() throws IOException {
		List<Step> steps = Transcript.of("README.md", "Your own handler");
		assertThat(steps).hasSize(2);
		try (BusbarProcess busbar = BusbarProcess.library("own-handler", BusbarApplication.class, List.of()).start()) {
			take(steps, busbar);
		}
	}

	/** What comes of an event comes a little later; a step twice has one effect. */
	private static void take(List<Step> steps, BusbarProcess busbar) {
		steps.forEach((step) -> Awaitility.await(step.typed())
			.atMost(Duration.ofMinutes(2))
			.untilAsserted(() -> assertThat(step.run(busbar.client().address().getPort())).matches(step.answer())));
	}

}
