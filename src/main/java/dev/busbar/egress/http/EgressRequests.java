package dev.busbar.egress.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.busbar.event.format.MediaTypes;
import dev.busbar.event.format.Utf8;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads requests strictly: a misspelt condition must not retry everything.
 */
final class EgressRequests {

	/** The largest body. */
	private static final int MAX_BODY = 64 * 1024;

	private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

	private static final int MAX_TEXT = 1000;

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

	private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

	static final JsonMapper JSON = JsonMapper.builder()
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

	private EgressRequests() {
	}

	/** The body of a request as an object. */
	static ObjectNode object(HttpServletRequest request) {
		byte[] bytes = read(request);
		String contentType = request.getContentType();
		if (bytes.length > 0 && (contentType == null || !MediaTypes.isJson(contentType))) {
			throw Problem
				.of(ProblemType.UNKNOWN_FORMAT, "The body must be JSON. Send 'Content-Type: application/json'.")
				.with("allowed", Set.of("application/json"))
				.asException();
		}
		try {
			JsonNode node = (bytes.length > 0 && Utf8.isWellFormed(bytes)) ? JSON.readTree(bytes) : null;
			if (node instanceof ObjectNode object) {
				return object;
			}
		}
		catch (JacksonException ex) {
			// Its text quotes the body.
		}
		throw malformed("The body is no JSON object. Send one, in UTF-8, with each member once.");
	}

	/** An object as the given type has it. */
	static <T> T as(ObjectNode object, Class<T> type) {
		try {
			return JSON.treeToValue(object, type);
		}
		catch (UnrecognizedPropertyException ex) {
			throw malformed("The member " + Problem.quote(ex.getPropertyName()) + " is not known. Known are "
					+ new TreeSet<>(ex.getKnownPropertyIds().stream().map(String::valueOf).toList()) + ".");
		}
		catch (JacksonException ex) {
			throw malformed("A member of the body has a value of another type than this address takes.");
		}
	}

	private static byte[] read(HttpServletRequest request) {
		if (request.getContentLengthLong() > MAX_BODY) {
			throw tooLarge();
		}
		byte[] body = new byte[MAX_BODY + 1];
		int size = 0;
		long end = System.nanoTime() + BODY_TIMEOUT.toNanos();
		try {
			InputStream in = request.getInputStream();
			for (int count = in.read(body, 0, body.length); count >= 0; count = in.read(body, size,
					body.length - size)) {
				size += count;
				if (size > MAX_BODY) {
					throw tooLarge();
				}
				if (System.nanoTime() - end > 0) {
					throw tooSlow();
				}
			}
		}
		catch (SocketTimeoutException ex) {
			throw tooSlow();
		}
		catch (IOException ex) {
			throw malformed("The body broke off, or its transfer coding is not valid. Send the request again.");
		}
		return Arrays.copyOf(body, size);
	}

	private static ProblemException tooLarge() {
		return Problem.of(ProblemType.TOO_LARGE, "The body is larger than " + MAX_BODY + " bytes.")
			.with("maxBytes", MAX_BODY)
			.withHeader("Connection", "close")
			.asException();
	}

	private static ProblemException tooSlow() {
		return Problem
			.of(ProblemType.TIMEOUT, "The body did not come within " + BODY_TIMEOUT.toSeconds() + " s. Send it again.")
			.withHeader("Connection", "close")
			.asException();
	}

	/** Refuses parameters that are not known, or there twice. */
	static void check(HttpServletRequest request, String... known) {
		Set<String> names = new TreeSet<>(List.of(known));
		Map<String, String[]> given = request.getParameterMap();
		given.forEach((name, values) -> {
			if (!names.contains(name)) {
				throw malformed("The parameter " + Problem.quote(name) + " is not known. Known are " + names + ".");
			}
			if (values.length > 1) {
				throw malformed("The parameter '" + name + "' is there " + values.length + " times. Send it once.");
			}
		});
	}

	/** A text that is there and not too long, null if it is absent or empty. */
	static @Nullable String text(String name, @Nullable String value) {
		if (value != null && value.length() > MAX_TEXT) {
			throw malformed(
					"'" + name + "' has " + value.length() + " characters, and at most " + MAX_TEXT + " are allowed.");
		}
		return (value == null || value.isEmpty()) ? null : value;
	}

	static @Nullable Instant time(String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
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
	static @Nullable Instant bounded(String name, @Nullable Instant time) {
		if (time != null && (time.isBefore(FIRST) || time.isAfter(LAST))) {
			throw malformed("'" + name + "' is out of range. Send a time from the years 1 to 9999.");
		}
		return time;
	}

	static int limit(@Nullable String value) {
		Long limit = (value == null || value.isEmpty()) ? Long.valueOf(DEFAULT_LIMIT) : number(value);
		if (limit == null || limit < 1 || limit > MAX_LIMIT) {
			throw malformed("'limit' must be a number from 1 to " + MAX_LIMIT + ".");
		}
		return limit.intValue();
	}

	/** A number from 0 on, null if it is none. */
	static @Nullable Long number(String value) {
		return value.matches("[0-9]{1,18}") ? Long.valueOf(value) : null;
	}

	static ProblemException malformed(String detail) {
		return Problem.of(ProblemType.MALFORMED, detail).asException();
	}

}
