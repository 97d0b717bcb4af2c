package dev.busbar.contract.snippets;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.BusbarApplication;
import dev.busbar.testing.BusbarProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OwnHandlerIT {

	@Test
	void aHandlerIsOneFileInThePackageApp() {
		try (BusbarProcess busbar = BusbarProcess.library("own-handler", BusbarApplication.class, List.of()).start()) {
			assertThat(
					busbar.client().webhook(Map.of("event", "user.registered", "id", "1", "name", "Ada")).statusCode())
				.isEqualTo(200);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(busbar.client().json("/events/1").at("/results/0/type").asString(""))
					.isEqualTo("user.greeted"));
		}
	}

}
