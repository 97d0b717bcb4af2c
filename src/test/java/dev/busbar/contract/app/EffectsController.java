package dev.busbar.contract.app;

import java.util.List;
import java.util.Map;

import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows the effects to the tests. Each test has keys with a prefix of its own.
 */
@RestController
class EffectsController {

	private final Effects effects;

	private final StreamBridge bridge;

	EffectsController(Effects effects, StreamBridge bridge) {
		this.effects = effects;
		this.bridge = bridge;
	}

	@PostMapping("/plain")
	boolean say(@RequestBody Map<String, String> said) {
		return this.bridge.send("plain.said", said.get("text"));
	}

	@GetMapping("/effects")
	List<Effects.Effect> list(@RequestParam String prefix) {
		return this.effects.list(prefix);
	}

	@GetMapping("/effects/count")
	Map<String, Long> count(@RequestParam String type, @RequestParam String prefix) {
		return Map.of("count", this.effects.count(type, prefix));
	}

}
