package dev.busbar.contract;

import java.util.List;

import dev.busbar.testing.Broker;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class EmbeddedH2BusIT extends DeliveryContract {

	/** H2's log takes a mebibyte. */
	private static final int TOO_LARGE = 2_000_000;

	EmbeddedH2BusIT() {
		super(Broker.embeddedH2());
	}

	@Test
	void aResultThatIsTooLargeIsADeadLetterAndItsCauseIsHandled() {
		String key = prefix();
		postAll(List.of(event(key + "1", "contract.inflated", key, 10),
				event(key + "2", "contract.inflated", key, TOO_LARGE), event(key + "3", "contract.inflated", key, 20)));
		awaitEffects("contract.inflated", key, 3);
		String path = "/dead-letters?type=contract.blown&text=" + key;
		Awaitility.await().until(() -> client().json(path).path("deadLetters").size() == 1);
		JsonNode letter = client()
			.json("/dead-letters/" + client().json(path).path("deadLetters").path(0).path("id").asString());
		assertThat(letter.toString()).contains("too large for the log");
		assertThat(client().json("/events/" + key + "2").path("state").asString()).isEqualTo("handled");
		assertThat(client().json("/dead-letters?type=contract.inflated&text=" + key).path("deadLetters")).isEmpty();
	}

}
