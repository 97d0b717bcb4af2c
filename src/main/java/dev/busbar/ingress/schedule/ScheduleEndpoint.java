package dev.busbar.ingress.schedule;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.busbar.ingress.RecentEvents;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.outbox.schedule.WaitingEvent;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.problem.StrictQuery;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Scheduled events: {@code GET /scheduled}, and {@code DELETE /scheduled/{id}}, or
 * {@code DELETE /scheduled?id=} for ids that do not fit into a path.
 */
@RestController
class ScheduleEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	private final Schedule schedule;

	private final RecentEvents recent;

	ScheduleEndpoint(Schedule schedule, RecentEvents recent) {
		this.schedule = schedule;
		this.recent = recent;
	}

	@GetMapping("/scheduled")
	ResponseEntity<Page> list(HttpServletRequest request) {
		StrictQuery query = StrictQuery.of(request, Set.of("type", "after", "limit"));
		int limit = (int) query.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
		long after = query.number("after", 0, 0, Long.MAX_VALUE);
		List<WaitingEvent> events = this.schedule.list(query.text("type"), after, limit);
		Long next = (events.size() == limit) ? events.get(limit - 1).number() : null;
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(new Page(events.stream().map(Scheduled::of).toList(), next));
	}

	@DeleteMapping("/scheduled/{id}")
	ResponseEntity<Void> cancelByPath(@PathVariable String id, HttpServletRequest request) {
		return cancel(id, StrictQuery.of(request, Set.of("source")).text("source"));
	}

	@DeleteMapping("/scheduled")
	ResponseEntity<Void> cancelByParameter(HttpServletRequest request) {
		StrictQuery query = StrictQuery.of(request, Set.of("id", "source"));
		String id = query.text("id");
		if (id == null) {
			throw Problem
				.of(ProblemType.MALFORMED,
						"The parameter 'id' is missing: it names the event that is to be taken back.")
				.asException();
		}
		return cancel(id, query.text("source"));
	}

	private ResponseEntity<Void> cancel(String id, @Nullable String source) {
		String chosen = (source != null) ? source : onlySource(id);
		if (!this.schedule.cancel(id, chosen)) {
			throw unknown();
		}
		this.recent.forgetScheduled(id, chosen);
		return ResponseEntity.noContent().build();
	}

	private String onlySource(String id) {
		TreeSet<String> sources = new TreeSet<>();
		this.schedule.find(id, null, MAX_LIMIT).forEach((event) -> sources.add(event.source()));
		if (sources.size() > 1) {
			throw Problem
				.of(ProblemType.AMBIGUOUS_EVENT,
						sources.size()
								+ " waiting events have this id, each of another source. Nothing was taken back. "
								+ "Choose one with ?source=.")
				.with("sources", List.copyOf(sources))
				.asException();
		}
		return sources.stream().findFirst().orElseThrow(ScheduleEndpoint::unknown);
	}

	private static ProblemException unknown() {
		return Problem.of(ProblemType.UNKNOWN_EVENT,
				"No event with this id and source is scheduled here. It was published already, was taken back, or never "
						+ "was: GET /events/{id} tells what is known of it.")
			.asException();
	}

	@ExceptionHandler
	void refused(ProblemException ex, HttpServletResponse response) throws IOException {
		ex.problem().write(response);
	}

	/**
	 * A part of the list.
	 *
	 * @param events the events
	 * @param next to be sent as {@code after} for the next part, null if this is the last
	 */
	record Page(List<Scheduled> events, @Nullable Long next) {

	}

	/** A scheduled event. */
	record Scheduled(String id, String source, String type, @Nullable Instant due, Instant stored) {

		static Scheduled of(WaitingEvent event) {
			return new Scheduled(event.id(), event.source(), event.type(), event.due(), event.stored());
		}

	}

}
