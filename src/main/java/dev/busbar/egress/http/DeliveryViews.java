package dev.busbar.egress.http;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.busbar.egress.delivery.Delivery;
import dev.busbar.egress.webhook.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries as they are shown. Without any event's data.
 */
final class DeliveryViews {

	private DeliveryViews() {
	}

	/**
	 * A page of a list.
	 *
	 * @param deliveries the deliveries, the newest first
	 * @param next the cursor of the next page, absent on the last one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Page(List<Line> deliveries, @Nullable Long next) {

		static Page of(List<Delivery> found, int limit) {
			List<Line> lines = found.stream().limit(limit).map(Line::of).toList();
			return new Page(lines, (found.size() > limit) ? lines.get(limit - 1).id() : null);
		}

	}

	/** A delivery in a list. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Line(long id, String subscription, String state, int attempts, String webhookId, String eventId,
			String source, String type, Instant created, @Nullable Instant due, @Nullable Instant ended) {

		static Line of(Delivery delivery) {
			return new Line(delivery.number(), delivery.subscription(),
					delivery.state().name().toLowerCase(Locale.ROOT), delivery.attempts(), delivery.message(),
					delivery.eventId(), delivery.source(), delivery.type(), delivery.created(), delivery.due(),
					delivery.ended());
		}

	}

	/** A delivery with its last attempts, the newest first. */
	record Whole(@JsonUnwrapped Line delivery, List<Try> tried) {

	}

	/** An attempt. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Try(Instant started, int durationMillis, @Nullable Integer status, @Nullable String failure,
			@Nullable String answer) {

		static Try of(Attempt attempt) {
			return new Try(attempt.started(), attempt.millis(), attempt.status(), attempt.failure(), attempt.answer());
		}

	}

}
