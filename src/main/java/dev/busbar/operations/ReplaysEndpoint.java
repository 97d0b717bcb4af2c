package dev.busbar.operations;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.busbar.ingress.access.Caller;
import dev.busbar.operations.LetterViews.Group;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.problem.StrictQuery;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.LetterFilter;
import dev.busbar.store.archive.Replay;
import dev.busbar.store.archive.Replays;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The replay of many dead letters over HTTP: {@code POST /dead-letters/replay} and
 * {@code /replays}.
 */
@RestController
class ReplaysEndpoint {

	private static final int LISTED = 100;

	private static final int GROUPS = 1000;

	private static final int MAX_RATE = 100_000;

	private final BulkReplay bulk;

	private final ReplayLoop loop;

	private final Archive archive;

	private final Replays replays;

	private final LetterRequests requests;

	private final String group;

	ReplaysEndpoint(BulkReplay bulk, ReplayLoop loop, Archive archive, Replays replays, LetterRequests requests,
			String group) {
		this.bulk = bulk;
		this.loop = loop;
		this.archive = archive;
		this.replays = replays;
		this.requests = requests;
		this.group = group;
	}

	@PostMapping("/dead-letters/replay")
	ResponseEntity<?> start(HttpServletRequest request) {
		ReplayRequest asked = this.requests.body(request, ReplayRequest.class, null);
		// The conditions stand in the body: those of a query would not be heard.
		StrictQuery.of(request, Set.of());
		Integer rate = asked.rate();
		if (rate != null && (rate < 1 || rate > MAX_RATE)) {
			throw LetterRequests.malformed("'rate' must be a number of letters per second from 1 to " + MAX_RATE + ".");
		}
		LetterFilter filter = this.bulk.chosen(asked.filter());
		if (Boolean.TRUE.equals(asked.dryRun())) {
			return DeadLettersEndpoint.answer(new DryRun(true, this.archive.count(filter),
					this.archive.summary(filter, GROUPS).stream().map(Group::of).toList()));
		}
		Replay replay = this.bulk.start(filter, rate, Caller.of(request).name());
		this.loop.wake();
		return ResponseEntity.accepted()
			.header("Location", base(request) + "/replays/" + replay.id())
			.contentType(MediaType.APPLICATION_JSON)
			.body(View.of(replay, null));
	}

	// Where Spring MVC has a path of its own, the rest of the path is the path info.
	private static String base(HttpServletRequest request) {
		return request.getContextPath() + ((request.getPathInfo() != null) ? request.getServletPath() : "");
	}

	@GetMapping("/replays")
	ResponseEntity<Map<String, List<View>>> list() {
		return DeadLettersEndpoint.answer(Map.of("replays",
				this.replays.list(this.group, LISTED).stream().map((replay) -> View.of(replay, null)).toList()));
	}

	@GetMapping("/replays/{id}")
	ResponseEntity<View> one(@PathVariable String id) {
		return DeadLettersEndpoint.answer(view(find(id).id()));
	}

	@DeleteMapping("/replays/{id}")
	ResponseEntity<View> cancel(@PathVariable String id, HttpServletRequest request) {
		UUID replay = find(id).id();
		this.bulk.cancel(replay, Caller.of(request).name());
		return DeadLettersEndpoint.answer(view(replay));
	}

	private View view(UUID id) {
		Map<String, Long> letters = new TreeMap<>();
		this.archive.statesOf(id).forEach((state, count) -> letters.put(LetterViews.name(state), count));
		return View.of(this.replays.find(this.group, id).orElseThrow(ReplaysEndpoint::unknown), letters);
	}

	private Replay find(String id) {
		return this.replays.find(this.group, LetterRequests.id(id, unknown())).orElseThrow(ReplaysEndpoint::unknown);
	}

	private static ProblemException unknown() {
		return Problem
			.of(ProblemType.UNKNOWN_REPLAY, "No replay has this id. GET /replays lists the last " + LISTED + ".")
			.asException();
	}

	/**
	 * Which letters are to be replayed, and how.
	 *
	 * @param type of this event type
	 * @param handler of the handler with this bean name
	 * @param exception with this class as the exception
	 * @param text with this text in the cause, the event's id or its key
	 * @param from first failed at this time or later, as text
	 * @param to first failed before this time, as text
	 * @param dryRun whether only to count them
	 * @param rate how many per second at most
	 */
	record ReplayRequest(@Nullable String type, @Nullable String handler, @Nullable String exception,
			@Nullable String text, @Nullable String from, @Nullable String to, @Nullable Boolean dryRun,
			@Nullable Integer rate) {

		LetterFilter filter() {
			return new LetterFilter(Set.of(), null, LetterRequests.condition("type", this.type),
					LetterRequests.condition("handler", this.handler),
					LetterRequests.condition("exception", this.exception), LetterRequests.condition("text", this.text),
					LetterRequests.time("from", this.from), LetterRequests.time("to", this.to));
		}

	}

	/** What a replay would take. */
	record DryRun(boolean dryRun, long total, List<Group> groups) {

	}

	/**
	 * A replay as it is shown.
	 *
	 * @param id its id
	 * @param state running, done or cancelled
	 * @param total how many letters there were at its start
	 * @param done how many were sent back
	 * @param skipped how many could not be
	 * @param problem why the last of these could not be
	 * @param letters the states in which the letters are now that were sent back
	 * @param rate how many per second at most
	 * @param person who asked for it
	 * @param started when
	 * @param finished when it ended
	 * @param cancelledBy who has cancelled it
	 */
	record View(UUID id, String state, long total, long done, long skipped,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String problem,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, Long> letters, @Nullable Integer rate,
			String person, Instant started, @Nullable Instant finished,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String cancelledBy) {

		static View of(Replay replay, @Nullable Map<String, Long> letters) {
			return new View(replay.id(), LetterViews.name(replay.state()), replay.total(), replay.done(),
					replay.skipped(), replay.problem(), letters, replay.rate(), replay.person(), replay.started(),
					replay.finished(), replay.cancelledBy());
		}

	}

}
