package dev.busbar.operations;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.busbar.ingress.access.Caller;
import dev.busbar.operations.LetterActions.Identity;
import dev.busbar.operations.LetterViews.Group;
import dev.busbar.operations.LetterViews.Page;
import dev.busbar.operations.LetterViews.Whole;
import dev.busbar.problem.StrictQuery;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.LetterFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Dead letters over HTTP: {@code /dead-letters}.
 */
@RestController
class DeadLettersEndpoint {

	private static final int GROUPS = 1000;

	private static final int ACTIONS = 1000;

	private final Archive archive;

	private final LetterActions actions;

	private final LetterRequests requests;

	DeadLettersEndpoint(Archive archive, LetterActions actions, LetterRequests requests) {
		this.archive = archive;
		this.actions = actions;
		this.requests = requests;
	}

	@GetMapping("/dead-letters")
	ResponseEntity<Page> list(HttpServletRequest request) {
		StrictQuery query = StrictQuery.of(request, LetterRequests.PAGE);
		int limit = LetterRequests.limit(query);
		return answer(Page.of(this.archive.list(LetterRequests.filter(query), LetterRequests.cursor(query), limit + 1),
				limit));
	}

	@GetMapping("/dead-letters/summary")
	ResponseEntity<Map<String, List<Group>>> summary(HttpServletRequest request) {
		LetterFilter filter = LetterRequests.filter(StrictQuery.of(request, LetterRequests.CONDITIONS));
		return answer(Map.of("groups", this.archive.summary(filter, GROUPS).stream().map(Group::of).toList()));
	}

	@GetMapping("/dead-letters/{id}")
	ResponseEntity<Whole> one(@PathVariable String id) {
		return answer(whole(id(id)));
	}

	@PostMapping("/dead-letters/{id}/replay")
	ResponseEntity<Whole> replay(@PathVariable String id, HttpServletRequest request) {
		UUID letter = id(id);
		Identity given = this.requests.body(request, Identity.class, Identity.NONE);
		StrictQuery.of(request, Set.of());
		Identity identity = new Identity(LetterRequests.text("type", given.type()),
				LetterRequests.text("id", given.id()), LetterRequests.text("source", given.source()));
		this.actions.replay(letter, identity, Caller.of(request));
		return ResponseEntity.accepted().contentType(MediaType.APPLICATION_JSON).body(whole(letter));
	}

	@PutMapping("/dead-letters/{id}/data")
	ResponseEntity<Whole> edit(@PathVariable String id, HttpServletRequest request) {
		UUID letter = id(id);
		byte[] data = this.requests.json(request);
		StrictQuery query = StrictQuery.of(request, Set.of("type"));
		if (data.length == 0) {
			throw LetterRequests.malformed("The request has no body. Send the event's data as a JSON object.");
		}
		String type = LetterRequests.text("type", query.text("type"));
		this.actions.edit(letter, type, data, Caller.of(request));
		return answer(whole(letter));
	}

	@PostMapping("/dead-letters/{id}/discard")
	ResponseEntity<Whole> discard(@PathVariable String id, HttpServletRequest request) {
		UUID letter = id(id);
		String reason = this.requests.body(request, Discard.class, null).reason();
		StrictQuery.of(request, Set.of());
		if (reason == null || reason.isBlank()) {
			throw LetterRequests.malformed("A reason is needed. Send {\"reason\": \"...\"}.");
		}
		LetterRequests.text("reason", reason);
		this.actions.discard(letter, reason, Caller.of(request));
		return answer(whole(letter));
	}

	private Whole whole(UUID id) {
		return Whole.of(this.archive.find(id).orElseThrow(LetterActions::unknown), this.archive.actions(id, ACTIONS));
	}

	private static UUID id(String text) {
		return LetterRequests.id(text, LetterActions.unknown());
	}

	static <T> ResponseEntity<T> answer(T body) {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(body);
	}

	/** Why a letter needs no handling. */
	record Discard(@Nullable String reason) {

	}

}
