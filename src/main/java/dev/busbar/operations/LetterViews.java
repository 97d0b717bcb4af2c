package dev.busbar.operations;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.busbar.event.format.JsonText;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.ArchivedLetter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Dead letters as they are shown.
 */
final class LetterViews {

	private static final JsonText JSON = new JsonText(StreamReadConstraints.defaults());

	private LetterViews() {
	}

	/**
	 * A page.
	 *
	 * @param deadLetters the letters, the newest first failure first
	 * @param next the cursor of the next page, absent on the last one
	 */
	record Page(List<Line> deadLetters, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String next) {

		static Page of(List<Archive.Entry> entries, int limit) {
			List<Archive.Entry> shown = entries.subList(0, Math.min(limit, entries.size()));
			return new Page(shown.stream().map(Line::of).toList(),
					(entries.size() > limit) ? LetterRequests.cursor(shown.get(shown.size() - 1).place()) : null);
		}

	}

	/** A letter in a list, with the first line of its cause. */
	record Line(UUID id, String state, String group, @Nullable String handler, @Nullable String source,
			@Nullable String eventId, @Nullable String type, @Nullable String key, String exception, String cause,
			int attempts, Instant firstFailure, Instant lastFailure) {

		static Line of(Archive.Entry entry) {
			return new Line(entry.id(), name(entry.state()), entry.group(), entry.handler(), entry.source(),
					entry.eventId(), entry.type(), entry.key(), entry.exception(),
					entry.cause().lines().findFirst().orElse(""), entry.attempts(), entry.firstFailure(),
					entry.lastFailure());
		}

	}

	/**
	 * All that is known of a letter. Payload and changed data stand there as JSON, or
	 * else in Base64.
	 */
	record Whole(UUID id, String state, String group, @Nullable String handler, @Nullable String source,
			@Nullable String eventId, @Nullable String type, @Nullable String key, int attempts, Instant firstFailure,
			Instant lastFailure, String exception, String cause, DeadLetter.Origin origin, Map<String, String> headers,
			@JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String payload,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String payloadBase64,
			@JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String editedData,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String editedBy, List<Deed> actions) {

		// NullAway does not see the annotation of an array in a record.
		@SuppressWarnings("NullAway")
		static Whole of(ArchivedLetter archived, List<Archive.Action> actions) {
			DeadLetter letter = archived.letter();
			byte @Nullable [] payload = letter.payload();
			String json = json(payload);
			return new Whole(letter.id(), name(archived.state()), letter.group(), letter.handler(), letter.source(),
					letter.eventId(), letter.type(), letter.key(), letter.attempts(), letter.firstFailure(),
					letter.lastFailure(), letter.exception(), letter.cause(), letter.origin(),
					new TreeMap<>(letter.headers()), json,
					(json == null && payload != null) ? Base64.getEncoder().encodeToString(payload) : null,
					json(archived.edited()), archived.editedBy(), actions.stream().map(Deed::of).toList());
		}

		private static @Nullable String json(byte @Nullable [] bytes) {
			return (bytes != null && JSON.isWellFormed(bytes)) ? new String(bytes, UTF_8) : null;
		}

	}

	/** What a person did. */
	record Deed(String action, String person, Instant time,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
			@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID replay) {

		static Deed of(Archive.Action action) {
			return new Deed(name(action.kind()), action.person(), action.time(), action.reason(), action.replay());
		}

	}

	/** How many letters are alike. */
	record Group(String state, @Nullable String type, @Nullable String handler, String exception, long count) {

		static Group of(Archive.Count count) {
			return new Group(name(count.state()), count.type(), count.handler(), count.exception(), count.count());
		}

	}

	static String name(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

}
