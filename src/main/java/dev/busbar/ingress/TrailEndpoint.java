package dev.busbar.ingress;

import dev.busbar.ingress.access.Caller;
import jakarta.servlet.http.HttpServletRequest;
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
	ResponseEntity<Trail> byPath(@PathVariable String id, @RequestParam(required = false) @Nullable String source,
			HttpServletRequest request) {
		return answer(find(id, source, Caller.of(request)));
	}

	@GetMapping(path = RequestFormat.EVENTS, params = "id")
	ResponseEntity<Trail> byParameter(@RequestParam String id, @RequestParam(required = false) @Nullable String source,
			HttpServletRequest request) {
		return answer(find(id, source, Caller.of(request)));
	}

	// Of what the caller may not see, nothing is told, not even that it is there.
	private Trail find(String id, @Nullable String source, Caller caller) {
		Trail trail = this.trail.find(id, source, caller::allowsSource);
		if (!caller.allows(trail.type(), trail.source())) {
			throw EventTrail.unknown();
		}
		return trail.withResults((result) -> caller.allows(result.type(), result.source()));
	}

	private static ResponseEntity<Trail> answer(Trail trail) {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(trail);
	}

}
