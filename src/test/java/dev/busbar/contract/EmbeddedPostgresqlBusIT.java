package dev.busbar.contract;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.busbar.testing.Broker;
import dev.busbar.testing.BusbarProcess;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class EmbeddedPostgresqlBusIT extends SharedBusContract {

	EmbeddedPostgresqlBusIT() {
		super(Broker.embeddedPostgresql());
	}

	@Test
	void whatAKilledInstanceLeavesIsTakenOverWithOneEffectEach() {
		String prefix = prefix();
		int count = 6000;
		try (BusbarProcess second = secondInstance().startReady()) {
			for (int start = 0; start < count; start += 500) {
				List<Map<String, Object>> batch = IntStream.range(start, start + 500)
					.mapToObj((number) -> event(prefix + number, "contract.noted", prefix + (number % 60), number))
					.toList();
				assertThat((start % 1000 == 0 ? client() : second.client()).post(batch).statusCode()).isEqualTo(202);
			}
			process().kill();
			awaitEffects(second.client(), "contract.noted", prefix, count);
			Map<String, Integer> last = new HashMap<>();
			for (JsonNode effect : second.client().json("/effects?prefix=" + prefix)) {
				int number = effect.get("number").asInt();
				Integer before = last.put(effect.get("key").asString(), number);
				assertThat(number).isEqualTo((before != null) ? before + 60 : number % 60);
			}
		}
		finally {
			if (!process().isRunning()) {
				process().startReady();
			}
		}
	}

}
