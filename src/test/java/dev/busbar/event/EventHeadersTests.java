package dev.busbar.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@NullUnmarked
@SuppressWarnings({ "JavaUtilDate", "UnnecessaryStringBuilder" }) // as brokers hand them
																	// over
class EventHeadersTests {

	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	private final EventHeaders headers = new EventHeaders(this.codec);

	private static Map<String, Object> minimal(String prefix) {
		return new HashMap<>(EventHeaders.write(EventSamples.minimal(null, null), prefix));
	}

	private Event<byte @Nullable []> read(Map<String, ?> headers) {
		return this.headers.read(headers, null).orElseThrow();
	}

	private void assertRefused(Map<String, ?> headers, byte @Nullable [] payload, String message) {
		assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> this.headers.read(headers, payload))
			.withMessageContaining(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ce_", "ce-", "cloudEvents_", "cloudEvents:" })
	void everyPrefixIsRead(String prefix) {
		Map<String, Object> written = new HashMap<>(EventHeaders.write(EventSamples.FULL, prefix));
		written.put("content-type", "application/json");
		written.put("b3", "x");

		EventSamples.assertSame(this.headers.read(written, EventSamples.FULL.data()).orElseThrow(), EventSamples.FULL);
	}

	@Test
	void bytesAreReadAsUtf8() {
		Map<String, Object> written = new HashMap<>();
		EventHeaders.write(EventSamples.FULL, "ce_")
			.forEach((name, value) -> written.put(name, value.getBytes(StandardCharsets.UTF_8)));
		written.put("content-type", "application/json".getBytes(StandardCharsets.UTF_8));

		EventSamples.assertSame(this.headers.read(written, EventSamples.FULL.data()).orElseThrow(), EventSamples.FULL);

		written.put("ce_note", new byte[] { (byte) 0xC0, (byte) 0xA0 });
		assertRefused(written, null, "'note' is not well-formed UTF-8");
	}

	@Test
	void scalarsOfAmqpAreRead() {
		Map<String, Object> written = minimal("cloudEvents:");
		Instant time = Instant.parse("2026-01-31T12:00:00Z");
		written.put("cloudEvents:time", Date.from(time));
		written.put("cloudEvents:count", 7L);
		written.put("cloudEvents:flag", true);
		written.put("cloudEvents:partitionkey", new StringBuilder("k"));
		written.put("cloudEvents:unset", null);

		Event<byte @Nullable []> event = read(written);

		assertThat(event.time()).isEqualTo(time);
		assertThat(event.extensions()).isEqualTo(Map.of("count", "7", "flag", "true"));
		assertThat(event.key()).isEqualTo("k");

		written.put("cloudEvents:time", time);
		assertThat(read(written).time()).isEqualTo(time);
	}

	@Test
	void valuesThatAreNoScalarsAreRefused() {
		for (Object value : List.of(Map.of("a", 1), List.of("a"), new int[] { 1 })) {
			Map<String, Object> written = minimal("ce_");
			written.put("ce_ext", value);
			assertRefused(written, null, "'ext'");
		}
		Map<String, Object> written = minimal("ce_");
		written.put("ce_time", new Date(Long.MAX_VALUE));
		assertRefused(written, null, "'time'");
	}

	@Test
	void aMessageWithoutAttributesIsForeign() {
		assertThat(this.headers.read(Map.of(), new byte[0])).isEmpty();
		assertThat(this.headers.read(
				Map.of("id", "1", "contentType", "application/json", "CE_id", "1", "cloudevents_id", "1", "ce", "1"),
				new byte[0]))
			.isEmpty();
		assertThat(this.headers.read(Map.of("content-type", new byte[] { (byte) 0xFF }), null)).isEmpty();
		assertThat(this.headers.read(Map.of("contentType", List.of("x")), null)).isEmpty();
	}

	@Test
	void aMessageWithSomeAttributesIsNoEvent() {
		assertRefused(Map.of("ce_id", "1"), null, "is missing");
		assertRefused(Map.of("cloudEvents_foo_bar", "1"), null, "'foo_bar'");
	}

	@Test
	void prefixesMayAgreeButNotDiffer() {
		Map<String, Object> written = minimal("ce_");
		written.put("cloudEvents:id", "1".getBytes(StandardCharsets.UTF_8));
		assertThat(read(written).id()).isEqualTo("1");

		written.put("cloudEvents:id", "2");
		assertRefused(written, null, "'id' is there under two prefixes");
	}

	@Test
	void theContentTypeOfTheWireComesFirst() {
		Map<String, Object> written = minimal("ce_");
		written.put("ce_datacontenttype", "text/plain");
		assertThat(read(written).dataContentType()).isEqualTo("text/plain");

		written.put("contentType", new StringBuilder("a/framework"));
		assertThat(read(written).dataContentType()).isEqualTo("a/framework");

		written.put("amqp_contentType", "a/amqp");
		assertThat(read(written).dataContentType()).isEqualTo("a/amqp");

		written.put("content-type", "a/kafka");
		assertThat(read(written).dataContentType()).isEqualTo("a/kafka");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8" })
	void theStructuredModeIsReadFromThePayloadAlone(String contentType) {
		Map<String, Object> written = Map.of("content-type", contentType, "ce_id", "other");

		EventSamples.assertSame(this.headers.read(written, this.codec.encode(EventSamples.FULL)).orElseThrow(),
				EventSamples.FULL);
		assertRefused(written, null, "no payload");
		assertRefused(written, "[]".getBytes(StandardCharsets.UTF_8), "JSON object");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/cloudevents-batch+json", "application/cloudevents+avro",
			"application/cloudevents", "application/cloudevents+jsonx" })
	void batchesAndUnknownFormatsAreRefused(String contentType) {
		assertRefused(Map.of("contentType", contentType), "[]".getBytes(StandardCharsets.UTF_8),
				"application/cloudevents+json");
	}

}
