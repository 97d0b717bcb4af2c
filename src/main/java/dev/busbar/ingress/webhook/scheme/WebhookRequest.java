package dev.busbar.ingress.webhook.scheme;

import java.util.List;
import java.util.function.Function;

import dev.busbar.event.EventFormatException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A webhook as it came: its headers, and its body byte for byte. For one thread.
 */
public final class WebhookRequest {

	private final Function<String, List<String>> headers;

	private final byte[] body;

	private final String remoteAddress;

	private final JsonMapper mapper;

	private @Nullable JsonNode json;

	/**
	 * Creates a request.
	 * @param headers gives all values of a header
	 * @param body the body
	 * @param remoteAddress who is at the other end of the connection
	 * @param mapper reads the body: {@link #mapper}
	 */
	public WebhookRequest(Function<String, List<String>> headers, byte[] body, String remoteAddress,
			JsonMapper mapper) {
		this.headers = headers;
		this.body = body;
		this.remoteAddress = remoteAddress;
		this.mapper = mapper;
	}

	/**
	 * Makes a strict mapper, whatever leniency the application's own allows. UTF-8 alone.
	 * @param limits what the JSON may not exceed: depth, lengths
	 */
	public static JsonMapper mapper(StreamReadConstraints limits) {
		return JsonMapper
			.builder(JsonFactory.builder()
				.streamReadConstraints(limits)
				.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
				.disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
				.build())
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.build();
	}

	/** The body. */
	public byte[] body() {
		return this.body;
	}

	String remoteAddress() {
		return this.remoteAddress;
	}

	/** Whether the request has a header. */
	boolean has(String header) {
		return !this.headers.apply(header).isEmpty();
	}

	/**
	 * The value of a header that is there exactly once: of two values, others may read
	 * the other one.
	 * @param header its name
	 * @return the value, null if it is absent, empty or there more than once
	 */
	@Nullable String only(String header) {
		List<String> values = this.headers.apply(header);
		return (values.size() == 1 && !values.get(0).isEmpty()) ? values.get(0) : null;
	}

	/**
	 * The value of a header.
	 * @param header its name
	 * @return the value, null if it is absent or empty
	 * @throws EventFormatException if it is there more than once
	 */
	public @Nullable String header(String header) {
		if (this.headers.apply(header).size() > 1) {
			throw new EventFormatException("The header " + header + " comes more than once. Send it once.");
		}
		return only(header);
	}

	/**
	 * The body as a JSON object.
	 * @throws EventFormatException if it is none
	 */
	public JsonNode json() {
		JsonNode read = this.json;
		if (read == null) {
			read = read();
			this.json = read;
		}
		return read;
	}

	private JsonNode read() {
		try {
			JsonNode node = this.mapper.readTree(this.body);
			if (node.isObject()) {
				return node;
			}
		}
		catch (JacksonException ex) {
			// Neither its text nor the exception itself: they quote the body.
			throw new EventFormatException("The body is no well-formed JSON, has a member twice, is nested too deeply, "
					+ "or a name, text or number in it is too long. Send one JSON object.");
		}
		throw new EventFormatException("The body is no JSON object. Send one.");
	}

}
