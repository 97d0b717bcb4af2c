package dev.busbar.failure.cases;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.busbar.failure.ground.Count;
import dev.busbar.failure.ground.Effect;
import dev.busbar.failure.ground.Load;
import dev.busbar.failure.ground.Scene;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One event that its handler can never handle, among a thousand good ones.
 */
public interface PoisonCases extends FailureCase {

	/** The first attempt inside a batch and the first alone are one. */
	@Test
	default void poisonEventWithAttemptsInPlace() {
		Poison poison = poison("failure.fragile");
		assertThat(poison.calls()).isBetween(4, 5);
		assertThat(poison.count.inOrder().effects()).filteredOn(poison::isLater)
			.isNotEmpty()
			.allMatch((effect) -> effect.millis() >= poison.end());
		poison.report();
	}

	@Test
	default void poisonEventWithDelayedAttemptsAndParkedSuccessors() {
		Poison poison = poison("failure.parked");
		assertThat(poison.calls()).isEqualTo(4);
		assertThat(poison.count.inOrder().effects()).filteredOn(poison::isLater)
			.isNotEmpty()
			.allMatch((effect) -> effect.millis() >= poison.end());
		poison.report();
	}

	@Test
	default void poisonEventThatOthersOvertake() {
		Poison poison = poison("failure.overtaken");
		assertThat(poison.calls()).isEqualTo(4);
		assertThat(poison.count.inOrder().effects()).filteredOn(poison::isLater)
			.isNotEmpty()
			.anyMatch((effect) -> effect.millis() < poison.end());
		poison.report();
	}

	private Poison poison(String type) {
		String prefix = Scene.prefix();
		List<Map<String, Object>> events = Scene.events(type, prefix, 20, 1_001, Map.of("broken", false));
		Map<String, Object> poison = Scene.event(type, prefix, 0, 25, Map.of("broken", true));
		events.set(events.indexOf(Scene.event(type, prefix, 0, 25, Map.of("broken", false))), poison);
		// In large batches: what follows the poison comes together with it.
		Load load = new Load(scene()::client, events, 4, 500).await();
		scene().awaitEffects(prefix, Map.of(type, 1_000));
		scene().await("the dead letter", () -> !Count.of(scene().client(), prefix).letters().isEmpty());
		Count count = Count.of(scene().client(), prefix);
		JsonNode letter = Objects.requireNonNull(count.letters().get(prefix + "0.25"));
		assertThat(letter.get("attempts").asInt()).as("attempts").isEqualTo(4);
		return new Poison(scene(), load, count, prefix, letter);
	}

	/** What became of the poison event. */
	record Poison(Scene scene, Load load, Count count, String prefix, JsonNode letter) {

		int calls() {
			return this.scene.client().json("/calls?id=" + this.prefix + "0.25").asInt();
		}

		/** When the last attempt had failed. */
		long end() {
			return Instant.parse(this.letter.get("lastFailure").asString()).toEpochMilli();
		}

		boolean isLater(Effect effect) {
			return effect.eventKey().equals(this.prefix + "0") && effect.number() > 25;
		}

		void report() {
			this.scene.report(this.count.balance(this.load.accepted()), "%d attempts, %d calls",
					this.letter.get("attempts").asInt(), calls());
		}

	}

}
