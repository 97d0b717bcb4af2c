package dev.busbar.ingress;

import dev.busbar.ingress.EventTrail.Trail;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows the way of an event: {@code GET /events/{id}}, or {@code GET /events?id=} for ids
 * that do not fit into a path.
 */
@RestController
class TrailEndpoint {

	private final EventTrail trail;

	TrailEndpoint(EventTrail trail) {
		this.trail = trail;
	}

	@GetMapping("/events/{id}")
	ResponseEntity<Trail> byPath(@PathVariable String id, @RequestParam(required = false) @Nullable String source) {
		return answer(this.trail.find(id, source));
	}

	@GetMapping(path = RequestFormat.EVENTS, params = "id")
	ResponseEntity<Trail> byParameter(@RequestParam String id,
			@RequestParam(required = false) @Nullable String source) {
		return answer(this.trail.find(id, source));
	}

	private static ResponseEntity<Trail> answer(Trail trail) {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(trail);
	}

}
