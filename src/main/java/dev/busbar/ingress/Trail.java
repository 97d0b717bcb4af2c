package dev.busbar.ingress;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.DeadLetters.Summary;
import dev.busbar.store.DeliveryTrail;
import dev.busbar.store.inbox.InboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * The way of an event.
 *
 * @param id its id
 * @param source its source
 * @param type its type
 * @param state stored, scheduled, handled, delayed, dead or replaying; of several groups
 * the worst
 * @param stored when this instance took it in, or, of one that nobody has handled here,
 * when it became part of the feed; null if neither is known
 * @param due when it will be published, only told if it is scheduled
 * @param cause the id of the event that it came of, only told if it is known
 * @param handled one entry per group
 * @param results what its handlers returned
 * @param deadLetters one entry per group that gave up, and per payload
 * @param deliveries to whom it was sent as a webhook, only told if it was
 * @param more whether one of the lists is cut, only told if so
 */
record Trail(String id, String source, @Nullable String type, String state, @Nullable Instant stored,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant due,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String cause, List<Handling> handled, List<Result> results,
		List<Letter> deadLetters, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<DeliveryTrail.Entry> deliveries,
		@JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean more) {

	/** The same with fewer results. */
	Trail withResults(Predicate<Result> which) {
		return new Trail(this.id, this.source, this.type, this.state, this.stored, this.due, this.cause, this.handled,
				this.results.stream().filter(which).toList(), this.deadLetters, this.deliveries, this.more);
	}

	/** What a group did. */
	record Handling(String group, String state, int attempts, @Nullable Double durationMillis, Instant time) {

		static Handling of(InboxEntry entry) {
			Duration duration = entry.duration();
			return new Handling(entry.group(), entry.state().name().toLowerCase(Locale.ROOT), entry.attempts(),
					(duration != null) ? duration.toNanos() / 1_000_000.0 : null, entry.time());
		}

	}

	/**
	 * A result; with a dead letter, which is only told if there is one, it is not
	 * published.
	 */
	record Result(String id, String source, String type, @Nullable Instant published,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Letter deadLetter) {

		static Result of(OutboxEntry entry, @Nullable Letter refused) {
			return new Result(entry.event().id(), entry.event().source(), entry.event().type(),
					(refused != null) ? null : entry.published(), refused);
		}

	}

	/**
	 * A dead letter, without the event in it and without the message of the exception.
	 */
	record Letter(String id, String group, @Nullable String handler, String exception, int attempts,
			Instant firstFailure, Instant lastFailure) {

		static Letter of(Summary letter) {
			return new Letter(letter.id().toString(), letter.group(), letter.handler(), letter.exception(),
					letter.attempts(), letter.firstFailure(), letter.lastFailure());
		}

	}

}
