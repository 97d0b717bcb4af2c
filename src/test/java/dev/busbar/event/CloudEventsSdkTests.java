package dev.busbar.event;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.busbar.event.http.HttpEvents;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The CloudEvents SDK for Java reads what the codec writes, and the other way round.
 */
@NullUnmarked
class CloudEventsSdkTests {

	private static final String[] OWN = { "partitionkey", "correlationid", "causationid" };

	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	private final JsonFormat sdk = new JsonFormat();

	static List<Event<byte @Nullable []>> events() {
		List<Event<byte @Nullable []>> events = new ArrayList<>();
		events.add(EventSamples.FULL);
		events.add(EventSamples.FULL.withData(null));
		events.add(EventSamples.minimal("application/json", "\"I'm just a string\"".getBytes(StandardCharsets.UTF_8)));
		events.add(EventSamples.minimal("application/xml", "<größe/>".getBytes(StandardCharsets.UTF_8)));
		events.add(EventSamples.minimal("application/octet-stream", new byte[] { 0, -1, -128, 127 }));
		Random random = new Random(20260131);
		for (int i = 0; i < 200; i++) {
			events.add(EventSamples.random(random));
		}
		return events;
	}

	@ParameterizedTest
	@MethodSource("events")
	void theSdkReadsTheJsonFormat(Event<byte @Nullable []> event) {
		assertMatches(this.sdk.deserialize(this.codec.encode(event)), event);
	}

	@ParameterizedTest
	@MethodSource("events")
	void theJsonFormatOfTheSdkIsRead(Event<byte @Nullable []> event) {
		EventSamples.assertSame(this.codec.decode(this.sdk.serialize(toSdk(event))), event);
		EventSamples.assertSame(this.codec.decode(this.sdk.withForceJsonDataToBase64().serialize(toSdk(event))), event);
	}

	@Test
	void nonJsonDataOfTheSdkAsTextIsRead() {
		Event<byte @Nullable []> event = EventSamples.minimal("application/xml",
				"<größe a=\"1\"/>".getBytes(StandardCharsets.UTF_8));

		byte[] bytes = this.sdk.withForceNonJsonDataToString().serialize(toSdk(event));

		assertThat(bytes).asString().contains("\"data\":");
		EventSamples.assertSame(this.codec.decode(bytes), event);
	}

	@Test
	void batchesTravelBothWays() throws Exception {
		ObjectMapper mapper = new ObjectMapper().registerModule(JsonFormat.getCloudEventJacksonModule());
		List<Event<byte @Nullable []>> events = events();

		CloudEvent[] read = mapper.readValue(this.codec.encodeBatch(events), CloudEvent[].class);
		List<Event<byte @Nullable []>> back = this.codec.decodeBatch(mapper.writeValueAsBytes(read));

		assertThat(read).hasSameSizeAs(events);
		assertThat(back).hasSameSizeAs(events);
		for (int i = 0; i < events.size(); i++) {
			assertMatches(read[i], events.get(i));
			EventSamples.assertSame(back.get(i), events.get(i));
		}
	}

	@ParameterizedTest
	@MethodSource("events")
	void theSdkReadsHttpHeaders(Event<byte @Nullable []> event) {
		Map<String, String> headers = new HashMap<>();
		// The SDK leaves percent-encoding to its caller.
		HttpEvents.headers(event)
			.forEach((name, value) -> headers.put(name,
					URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8)));
		headers.put("Content-Type", Objects.requireNonNull(event.dataContentType()));

		assertMatches(HttpMessageFactory.createReader(headers, event.data()).toEvent(), event);
	}

	@ParameterizedTest
	@MethodSource("events")
	void encodedHttpHeadersOfTheSdkAreRead(Event<byte @Nullable []> event) {
		EventSamples.assertSame(
				overHttp(event, (value) -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")),
				event);
	}

	@ParameterizedTest
	@MethodSource("events")
	void bareHttpHeadersOfTheSdkAreReadUnlessTheyHavePercentSigns(Event<byte @Nullable []> event) {
		EventSamples.assertSame(overHttp(event, (value) -> value.replace("%", "%25")), event);
	}

	private static Event<byte @Nullable []> overHttp(Event<byte @Nullable []> event, UnaryOperator<String> encoding) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		byte[][] body = new byte[1][];
		HttpMessageFactory.createWriter((name, value) -> headers.put(name, List.of(value)), (bytes) -> body[0] = bytes)
			.writeBinary(toSdk(event));
		String contentType = Objects.requireNonNull(headers.remove("Content-Type")).get(0);
		headers.replaceAll((name, values) -> List.of(encoding.apply(values.get(0))));
		return CloudEvents.fromAttributes(HttpEvents.attributes(headers.entrySet()), contentType, body[0]);
	}

	@ParameterizedTest
	@MethodSource("events")
	void theSdkReadsKafkaHeaders(Event<byte @Nullable []> event) {
		RecordHeaders headers = new RecordHeaders();
		EventHeaders.write(event, EventHeaders.KAFKA_PREFIX)
			.forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
		headers.add("content-type", Objects.requireNonNull(event.dataContentType()).getBytes(StandardCharsets.UTF_8));

		assertMatches(KafkaMessageFactory.createReader(headers, event.data()).toEvent(), event);
	}

	@ParameterizedTest
	@MethodSource("events")
	void kafkaHeadersOfTheSdkAreRead(Event<byte @Nullable []> event) {
		EventHeaders headers = new EventHeaders(this.codec);

		ProducerRecord<Void, byte[]> binary = KafkaMessageFactory.createWriter("topic").writeBinary(toSdk(event));
		ProducerRecord<Void, byte[]> structured = KafkaMessageFactory.createWriter("topic")
			.writeStructured(toSdk(event), this.sdk);

		EventSamples.assertSame(headers.read(map(binary), binary.value()).orElseThrow(), event);
		EventSamples.assertSame(headers.read(map(structured), structured.value()).orElseThrow(), event);
	}

	private static Map<String, Object> map(ProducerRecord<?, ?> message) {
		Map<String, Object> headers = new HashMap<>();
		for (Header header : message.headers()) {
			headers.put(header.key(), header.value());
		}
		return headers;
	}

	private static CloudEvent toSdk(Event<byte @Nullable []> event) {
		CloudEventBuilder builder = CloudEventBuilder.v1()
			.withId(event.id())
			.withSource(URI.create(event.source()))
			.withType(event.type())
			.withSubject(event.subject())
			.withDataContentType(event.dataContentType());
		Instant time = event.time();
		if (time != null) {
			builder.withTime(OffsetDateTime.ofInstant(time, ZoneOffset.ofHours(2)));
		}
		String schema = event.dataSchema();
		if (schema != null) {
			builder.withDataSchema(URI.create(schema));
		}
		byte[] data = event.data();
		if (data != null) {
			builder.withData(data);
		}
		own(event).forEach(builder::withExtension);
		event.extensions().forEach(builder::withExtension);
		return builder.build();
	}

	private static Map<String, String> own(Event<?> event) {
		Map<String, String> own = new HashMap<>();
		String[] values = { event.key(), event.correlationId(), event.causationId() };
		for (int i = 0; i < OWN.length; i++) {
			if (values[i] != null) {
				own.put(OWN[i], values[i]);
			}
		}
		return own;
	}

	private static void assertMatches(CloudEvent read, Event<byte @Nullable []> event) {
		Map<String, String> extensions = own(event);
		extensions.putAll(event.extensions());
		Map<String, String> found = new HashMap<>();
		for (String name : read.getExtensionNames()) {
			found.put(name, String.valueOf(read.getExtension(name)));
		}
		assertThat(read.getId()).isEqualTo(event.id());
		assertThat(read.getSource()).hasToString(event.source());
		assertThat(read.getType()).isEqualTo(event.type());
		assertThat(read.getSubject()).isEqualTo(event.subject());
		assertThat((read.getTime() != null) ? read.getTime().toInstant() : null).isEqualTo(event.time());
		assertThat((read.getDataSchema() != null) ? read.getDataSchema().toString() : null)
			.isEqualTo(event.dataSchema());
		assertThat(read.getDataContentType()).isEqualTo(event.dataContentType());
		assertThat(found).isEqualTo(extensions);
		assertThat((read.getData() != null) ? read.getData().toBytes() : null).isEqualTo(event.data());
	}

}
