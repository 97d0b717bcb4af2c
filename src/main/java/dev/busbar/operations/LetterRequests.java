package dev.busbar.operations;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import dev.busbar.event.format.MediaTypes;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.problem.StrictQuery;
import dev.busbar.store.archive.Archive.Place;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.archive.LetterFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads requests strictly: a misspelt condition must not replay everything.
 */
class LetterRequests {

	static final Set<String> CONDITIONS = Set.of("state", "group", "type", "handler", "exception", "text", "from",
			"to");

	static final Set<String> PAGE = Set.of("state", "group", "type", "handler", "exception", "text", "from", "to",
			"limit", "cursor");

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	private static final int MAX_TEXT = 1000;

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.withCoercionConfig(LogicalType.Textual, (text) -> {
			for (CoercionInputShape shape : List.of(CoercionInputShape.Integer, CoercionInputShape.Float,
					CoercionInputShape.Boolean)) {
				text.setCoercion(shape, CoercionAction.Fail);
			}
		})
		.build();

	private final RequestBody body;

	LetterRequests(RequestBody body) {
		this.body = body;
	}

	/** The conditions in a query. */
	static LetterFilter filter(StrictQuery query) {
		return new LetterFilter(states(query.text("state")), text(query, "group"), text(query, "type"),
				text(query, "handler"), text(query, "exception"), text(query, "text"), time("from", query.text("from")),
				time("to", query.text("to")));
	}

	private static Set<State> states(@Nullable String names) {
		Set<State> states = EnumSet.noneOf(State.class);
		if (names != null) {
			for (String name : names.split(",", -1)) {
				states.add(Arrays.stream(State.values())
					.filter((state) -> state.name().equals(name.toUpperCase(Locale.ROOT)))
					.findFirst()
					.orElseThrow(() -> malformed("The state " + Problem.quote(name) + " is not known. Known are "
							+ Arrays.toString(State.values()).toLowerCase(Locale.ROOT) + ", several with commas.")));
			}
		}
		return states;
	}

	private static @Nullable String text(StrictQuery query, String name) {
		return text(name, query.text(name));
	}

	/** A text that is there and not too long, null if it is absent or empty. */
	static @Nullable String text(String name, @Nullable String value) {
		if (value != null && value.length() > MAX_TEXT) {
			throw malformed(
					"'" + name + "' has " + value.length() + " characters, and at most " + MAX_TEXT + " are allowed.");
		}
		return (value == null || value.isEmpty()) ? null : value;
	}

	/** A condition of a body: one that is there says something. */
	static @Nullable String condition(String name, @Nullable String value) {
		if (value != null && value.isEmpty()) {
			throw malformed("'" + name + "' is empty. Give it a value, or leave it out to take all.");
		}
		return text(name, value);
	}

	/** A time, null if it is absent. */
	static @Nullable Instant time(String name, @Nullable String value) {
		if (value == null) {
			return null;
		}
		try {
			return bounded(name, Instant.parse(value));
		}
		catch (DateTimeException ex) {
			throw malformed("'" + name + "' is no time. Send one like 2026-01-02T03:04:05Z.");
		}
	}

	/** Databases know no times far beyond these. */
	private static @Nullable Instant bounded(String name, @Nullable Instant time) {
		if (time != null && (time.isBefore(Instant.parse("0001-01-01T00:00:00Z"))
				|| time.isAfter(Instant.parse("9999-12-31T00:00:00Z")))) {
			throw malformed("'" + name + "' is out of range. Send a time from the years 1 to 9999.");
		}
		return time;
	}

	static int limit(StrictQuery query) {
		return (int) query.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
	}

	static @Nullable Place cursor(StrictQuery query) {
		String value = query.text("cursor");
		if (value == null) {
			return null;
		}
		try {
			ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(value.getBytes(StandardCharsets.UTF_8)));
			if (bytes.remaining() == 28) {
				Instant time = Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
				return new Place(time.equals(bounded("cursor", time)) ? time : Instant.EPOCH,
						new UUID(bytes.getLong(), bytes.getLong()), 0);
			}
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			// Told below.
		}
		throw malformed("'cursor' is none that was given as 'next'. Send it unchanged, or leave it out to start anew.");
	}

	@SuppressWarnings("JavaInstantGetSecondsGetNano") // Both together are the instant.
	static String cursor(Place place) {
		ByteBuffer bytes = ByteBuffer.allocate(28)
			.putLong(place.firstFailure().getEpochSecond())
			.putInt(place.firstFailure().getNano())
			.putLong(place.id().getMostSignificantBits())
			.putLong(place.id().getLeastSignificantBits());
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
	}

	/** The body of a request as it is, which must say that it is JSON. */
	byte[] json(HttpServletRequest request) {
		byte[] bytes = this.body.read(request);
		String contentType = request.getContentType();
		if (bytes.length > 0 && (contentType == null || !MediaTypes.isJson(contentType))) {
			throw Problem
				.of(ProblemType.UNKNOWN_FORMAT, "The body must be JSON. Send 'Content-Type: application/json'.")
				.with("allowed", Set.of("application/json"))
				.asException();
		}
		return bytes;
	}

	/** The body of a request as an object; without one, the default if there is one. */
	<T> T body(HttpServletRequest request, Class<T> type, @Nullable T none) {
		byte[] bytes = json(request);
		if (bytes.length == 0) {
			if (none != null) {
				return none;
			}
			throw malformed("The request has no body. Send a JSON object.");
		}
		try {
			T read = JSON.readValue(bytes, type);
			if (read != null) {
				return read;
			}
		}
		catch (UnrecognizedPropertyException ex) {
			throw malformed("The member " + Problem.quote(ex.getPropertyName()) + " is not known. Known are "
					+ new TreeSet<>(ex.getKnownPropertyIds().stream().map(String::valueOf).toList()) + ".");
		}
		catch (MismatchedInputException ex) {
			// Its text quotes the body.
			String member = ex.getPath().isEmpty() ? null : ex.getPath().get(0).getPropertyName();
			if (member != null) {
				throw malformed("The member " + Problem.quote(member) + " has a value of another kind than it takes.");
			}
		}
		catch (JacksonException ex) {
			// The same.
		}
		throw malformed("The body is no JSON object as this address takes it.");
	}

	static UUID id(String text, ProblemException unknown) {
		try {
			UUID id = UUID.fromString(text);
			if (id.toString().equalsIgnoreCase(text)) {
				return id;
			}
		}
		catch (IllegalArgumentException ex) {
			// No letter has such an id.
		}
		throw unknown;
	}

	static ProblemException malformed(String detail) {
		return Problem.of(ProblemType.MALFORMED, detail).asException();
	}

}
