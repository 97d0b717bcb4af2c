package dev.busbar.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@NullUnmarked
class CloudEventsTests {

	private static final String REQUIRED = "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";

	private final JsonMapper json = JsonMapper.builder().build();

	// Whatever the application allows its own JSON, an event stays strict.
	private final CloudEvents codec = new CloudEvents(JsonMapper.builder()
		.enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_SINGLE_QUOTES,
				JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES, JsonReadFeature.ALLOW_TRAILING_COMMA)
		.build());

	private Event<byte @Nullable []> decode(String text) {
		return this.codec.decode(text.getBytes(StandardCharsets.UTF_8));
	}

	private Event<byte @Nullable []> with(String members) {
		return decode("{" + REQUIRED + "," + members + "}");
	}

	private String refusal(byte[] bytes) {
		EventFormatException[] refusal = new EventFormatException[1];
		assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> this.codec.decode(bytes))
			.satisfies((ex) -> refusal[0] = ex)
			.withNoCause();
		assertThat(refusal[0].getMessage()).doesNotContain("s3cr3t");
		return refusal[0].getMessage();
	}

	private String refusalWith(String members) {
		return refusal(("{" + REQUIRED + "," + members + "}").getBytes(StandardCharsets.UTF_8));
	}

	private static String text(byte @Nullable [] bytes) {
		return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
	}

	@Test
	void anEventKeepsEveryAttribute() {
		EventSamples.assertSame(this.codec.decode(this.codec.encode(EventSamples.FULL)), EventSamples.FULL);
	}

	@Test
	void randomEventsComeBackInEveryMode() {
		Random random = new Random(42);
		EventHeaders headers = new EventHeaders(this.codec);
		for (int i = 0; i < 2000; i++) {
			Event<byte @Nullable []> event = EventSamples.random(random);
			EventSamples.assertSame(this.codec.decode(this.codec.encode(event)), event);
			EventSamples.assertSame(
					CloudEvents.fromAttributes(CloudEvents.attributes(event), event.dataContentType(), event.data()),
					event);
			Map<String, Object> written = new HashMap<>(EventHeaders.write(event, EventHeaders.AMQP_PREFIX));
			written.put("contentType", event.dataContentType());
			EventSamples.assertSame(headers.read(written, event.data()).orElseThrow(), event);
		}
	}

	@Test
	void jsonDataStandsAsItIs() {
		byte[] bytes = this.codec
			.encode(EventSamples.minimal(null, "{ \"a\" : 1.500 }".getBytes(StandardCharsets.UTF_8)));

		assertThat(bytes).asString().isEqualTo("{" + REQUIRED + ",\"data\":{ \"a\" : 1.500 }}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "{}{}", "1 2", "{\"a\":1,}", "// x\n1", "'a'", "{a:1}", "\"\n\"", "nul",
			"[1]]", "\uFEFF{}", "1\u0000", "NaN", "\"\\x\"", "\",\"id\":\"2" })
	void whatOnlyClaimsToBeJsonIsWrittenByteForByteInBase64(String data) {
		Event<byte @Nullable []> event = EventSamples.minimal("application/json",
				data.getBytes(StandardCharsets.UTF_8));

		byte[] bytes = this.codec.encode(event);

		assertThat(this.json.readTree(bytes).has("data_base64")).isTrue();
		EventSamples.assertSame(this.codec.decode(bytes), event);
	}

	@Test
	void malformedUtf8InDataIsWrittenInBase64() {
		for (byte[] bad : malformedUtf8()) {
			Event<byte @Nullable []> event = EventSamples.minimal(null, around("{\"a\":\"", bad, "\"}"));

			byte[] bytes = this.codec.encode(event);

			assertThat(this.json.readTree(bytes).has("data_base64")).isTrue();
			EventSamples.assertSame(this.codec.decode(bytes), event);
		}
	}

	@Test
	void dataAtTheLimitOfNestingCanBeReadAgain() {
		for (int depth = 490; depth < 510; depth++) {
			Event<byte @Nullable []> event = EventSamples.minimal(null,
					("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.UTF_8));

			EventSamples.assertSame(this.codec.decodeBatch(this.codec.encodeBatch(List.of(event))).get(0), event);
		}
	}

	@Test
	void absentDataIsNotNull() {
		assertThat(decode("{" + REQUIRED + "}").data()).isNull();
		assertThat(with("\"data_base64\":null").data()).isNull();
		assertThat(text(with("\"data\":null").data())).isEqualTo("null");
		assertThat(this.codec.encode(EventSamples.minimal(null, null))).asString().isEqualTo("{" + REQUIRED + "}");
		assertThat(this.codec.encode(EventSamples.minimal(null, "null".getBytes(StandardCharsets.UTF_8)))).asString()
			.isEqualTo("{" + REQUIRED + ",\"data\":null}");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "0", "-1.50", "1E400", "12345678901234567890123", "true", "false", "\"\"", "\" a \\\" b\\\\\"",
					"\"\\u00e9\\ud83d\\ude00\"", "[]", "{\"a\":[1,{\"b\":\" \"}],\"a\":2}", "{\"data\":1}" })
	void dataIsCutOutAsItStands(String data) {
		assertThat(text(with("\"data\":" + data).data())).isEqualTo(data);
		assertThat(text(with("\"data\" : \n" + data + " \t").data())).isEqualTo(data);
		assertThat(text(with("\"data\":" + data + " , \"ext\":\"ü\"").data())).isEqualTo(data);
		assertThat(text(with("\"ext\":\"üü\",\"data\":" + data).data())).isEqualTo(data);
	}

	@Test
	void whiteSpaceBetweenTheTokensOfDataGoes() {
		assertThat(text(with("\"data\":{ \"a b\" :\r\n[ 1 ,\t\" \\\" x\" ] }").data()))
			.isEqualTo("{\"a b\":[1,\" \\\" x\"]}");
	}

	@Test
	void dataMayComeBeforeItsContentType() {
		assertThat(text(with("\"data\":\"<a>ü</a>\",\"datacontenttype\":\"text/xml\"").data())).isEqualTo("<a>ü</a>");
		assertThat(text(with("\"data\":\"a\",\"datacontenttype\":\"a/b+json\"").data())).isEqualTo("\"a\"");
	}

	@Test
	void extensionsBecomeText() {
		Event<byte @Nullable []> event = with(
				"\"a\":\"x\",\"b\":-2147483648,\"c\":true,\"d\":false,\"e\":null,\"f\":\"\",\"g\":-0,\"partitionkey\":7");

		assertThat(event.extensions())
			.isEqualTo(Map.of("a", "x", "b", "-2147483648", "c", "true", "d", "false", "f", "", "g", "0"));
		assertThat(event.key()).isEqualTo("7");
	}

	@Test
	void nullMeansUnset() {
		assertThat(with("\"subject\":null,\"time\":null,\"partitionkey\":null").withData(null))
			.isEqualTo(EventSamples.minimal(null, null));
		assertThat(refusal(("{" + REQUIRED.replace("\"1\"", "null") + "}").getBytes(StandardCharsets.UTF_8)))
			.contains("'id' is missing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "specversion", "id", "source", "type" })
	void requiredAttributesAreRequired(String name) {
		String others = REQUIRED.replaceAll("\"" + name + "\":\"[^\"]*\",?", "").replaceAll(",$", "");

		assertThat(refusal(("{" + others + "}").getBytes(StandardCharsets.UTF_8)))
			.contains("'" + name + "' is missing");
		assertThat(refusal(("{" + others + ",\"" + name + "\":\"\"}").getBytes(StandardCharsets.UTF_8)))
			.contains("'" + name + "' is empty");
		assertThat(refusal(("{" + others + ",\"" + name + "\":1}").getBytes(StandardCharsets.UTF_8)))
			.contains("'" + name + "' must be a text");
		assertThat(refusal(("{" + REQUIRED + ",\"" + name + "\":\"1.0\"}").getBytes(StandardCharsets.UTF_8)))
			.contains("twice");
	}

	@ParameterizedTest
	@ValueSource(strings = { "subject", "time", "datacontenttype", "dataschema", "partitionkey", "correlationid",
			"causationid" })
	void optionalAttributesAreNeitherEmptyNorTwice(String name) {
		assertThat(refusalWith("\"" + name + "\":\"\"")).contains("'" + name + "' is empty");
		assertThat(refusalWith("\"" + name + "\":null,\"" + name + "\":null")).contains("twice");
		assertThat(refusalWith("\"" + name + "\":[]")).contains("'" + name + "'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"subject":1                               | must be a text
			"time":true                               | must be a text
			"dataschema":1                            | must be a text
			"datacontenttype":1                       | must be a text
			"ext":1.5                                 | 'ext'
			"ext":1e2                                 | 'ext'
			"ext":2147483648                          | 32 bits
			"ext":-12345678901234567890               | 32 bits
			"ext":{}                                  | 'ext'
			"ext":["s3cr3t"]                          | 'ext'
			"Ext":"x"                                 | 'Ext'
			"ext_x":"x"                               | 'ext_x'
			"größe":"x"                               | 'gr??e'
			"":"x"                                    | lower-case
			"data_base65":"x"                         | lower-case
			"ext":"x","ext":"x"                       | twice
			"data":1,"data":1                         | twice
			"data_base64":"","data_base64":""         | twice
			"data":1,"data_base64":""                 | either
			"data_base64":"","data":null              | either
			"data_base64":"s3cr3t!"                   | Base64
			"data_base64":"AA"AA"                     | no well-formed JSON
			"data_base64":1                           | Base64
			"data_base64":{}                          | Base64
			"datacontenttype":"text/plain","data":{}  | must be a text
			"datacontenttype":"text/plain","data":null | must be a text
			"datacontenttype":"text/plain","data":"\\ud800" | surrogate
			"datacontenttype":"s3cr3t"                | media type
			"datacontenttype":"a/b c"                 | media type
			"time":"2026-01-31"                       | 'time'
			"time":"2026-01-31T12:00:00"              | 'time'
			"time":"2026-02-30T12:00:00Z"             | 'time'
			"dataschema":"/relative"                  | 'dataschema'
			"dataschema":"a b:c"                      | 'dataschema'
			"subject":"a\\u0000"                      | U+0000 at index 1
			"subject":"a\\nb"                         | U+000A
			"ext":"\\u007f"                           | U+007F
			"ext":"\\u009f"                           | U+009F
			"ext":"\\ufdd0"                           | U+FDD0
			"ext":"\\uffff"                           | U+FFFF
			"ext":"😀\\ud83f\\udffe"                  | U+1FFFE at index 2
			"ext":"\\ud800"                           | U+D800
			"ext":"\\udc00\\ud800"                    | U+DC00
			""")
	void whatTheSpecificationForbidsIsRefused(String members, String message) {
		assertThat(refusalWith(members)).contains(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "1", "null", "\"s3cr3t\"", "[]", "[{}]", "{", "{s3cr3t}", "{}{}", "{} s3cr3t" })
	void whatIsNoEventIsRefused(String text) {
		assertThat(refusal(text.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
		assertThat(refusal(("{" + REQUIRED + "}" + text + "s3cr3t").getBytes(StandardCharsets.UTF_8))).isNotEmpty();
	}

	@Test
	void leniencyOfTheApplicationsMapperDoesNotReachEvents() {
		assertThat(refusalWith("\"data\":{a:1}")).contains("no well-formed JSON");
		assertThat(refusalWith("\"data\":1,")).contains("no well-formed JSON");
		assertThat(refusalWith("/* s3cr3t */\"data\":1")).contains("no well-formed JSON");
	}

	@Test
	void otherEncodingsAreRefused() {
		String text = "{" + REQUIRED + "}";
		assertThat(refusal(text.getBytes(StandardCharsets.UTF_16BE))).isNotEmpty();
		assertThat(refusal(text.getBytes(StandardCharsets.UTF_16LE))).isNotEmpty();
		assertThat(refusal(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8))).isNotEmpty();
	}

	@Test
	void malformedUtf8IsRefused() {
		for (byte[] bad : malformedUtf8()) {
			assertThat(refusal(around("{" + REQUIRED + ",\"subject\":\"", bad, "\"}"))).contains("UTF-8");
			assertThat(refusal(around("{" + REQUIRED + ",\"data\":{\"a\":\"", bad, "\"}}"))).contains("UTF-8");
		}
	}

	@Test
	void deepNestingIsRefusedBeforeTheStackIsGone() {
		String nested = "[".repeat(100_000) + "]".repeat(100_000);

		assertThat(refusalWith("\"data\":" + nested)).contains("limit");
		assertThat(refusalWith("\"ext\":" + nested)).contains("'ext'");
		assertThat(this.codec.encode(EventSamples.minimal(null, nested.getBytes(StandardCharsets.UTF_8)))).asString()
			.contains("data_base64");
	}

	@Test
	void valuesAndTheirNumberAreBounded() {
		String longest = "x".repeat(8192);
		assertThat(with("\"subject\":\"" + longest + "\"").subject()).isEqualTo(longest);
		assertThat(refusalWith("\"subject\":\"x" + longest + "\"")).contains("8192");

		StringBuilder members = new StringBuilder("\"data\":1");
		for (int i = 0; i < 64; i++) {
			members.append(",\"e").append(i).append("\":1");
		}
		assertThat(with(members.toString()).extensions()).hasSize(64);
		assertThat(refusalWith(members + ",\"more\":1")).contains("64");
		assertThat(refusalWith("\"" + "n".repeat(65) + "\":1")).contains("at most 64");
	}

	@Test
	void manyUnsetExtensionsAreRefusedToo() {
		StringBuilder members = new StringBuilder("\"data\":1");
		for (int i = 0; i < 10_000; i++) {
			members.append(",\"e").append(i).append("\":null");
		}
		assertThat(refusalWith(members.toString())).contains("64");
	}

	@Test
	void batchesComeBack() {
		List<Event<byte @Nullable []>> batch = List.of(EventSamples.FULL, EventSamples.minimal(null, null));

		List<Event<byte @Nullable []>> read = this.codec.decodeBatch(this.codec.encodeBatch(batch));

		assertThat(read).hasSize(2);
		EventSamples.assertSame(read.get(0), batch.get(0));
		EventSamples.assertSame(read.get(1), batch.get(1));
		assertThat(this.codec.encodeBatch(List.of())).asString().isEqualTo("[]");
		assertThat(this.codec.decodeBatch(" [ ] ".getBytes(StandardCharsets.UTF_8))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "{" + REQUIRED + "}", "[", "[1]", "[null]", "[[]]", "[{}]",
			"[{" + REQUIRED + "}", "[{" + REQUIRED + "},]", "[]]", "[][]", "[{" + REQUIRED + "},{}]" })
	void whatIsNoBatchIsRefused(String text) {
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> this.codec.decodeBatch(text.getBytes(StandardCharsets.UTF_8)))
			.withNoCause();
	}

	@Test
	void writingRefusesWhatReadingRefuses() {
		Event<byte @Nullable []> event = EventSamples.minimal(null, null);
		Map<String, String> many = new TreeMap<>();
		for (int i = 0; i < 65; i++) {
			many.put("e" + i, "x");
		}
		for (Event<byte @Nullable []> bad : List.<Event<byte @Nullable []>>of(event.withKey("a\nb"),
				event.withKey("x".repeat(8193)), extended(Map.of("Big", "x")), extended(Map.of("id", "2")),
				extended(Map.of("data", "x")), extended(Map.of("partitionkey", "x")),
				extended(Map.of("datacontenttype", "a/b")), extended(many),
				new Event<>("1", "not a uri", "t", null, null, null, null, null, null, null, Map.of(), null),
				new Event<>("1", "/s", "t", null, Instant.MAX, null, null, null, null, null, Map.of(), null),
				new Event<>("1", "/s", "\ud800", null, null, null, null, null, null, null, Map.of(), null))) {
			assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> this.codec.encode(bad));
			assertThatExceptionOfType(EventFormatException.class)
				.isThrownBy(() -> this.codec.encodeBatch(List.of(bad)));
			assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> CloudEvents.attributes(bad));
			assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> EventHeaders.write(bad, "ce_"));
		}
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> this.codec.encode(EventSamples.minimal("no media type", null)));
	}

	@Test
	void emptyOptionalAttributesAreLeftOut() {
		Event<byte @Nullable []> event = new Event<>("1", "/s", "t", "", null, "", "", "", "", "", Map.of(), null);

		assertThat(this.codec.encode(event)).asString().isEqualTo("{" + REQUIRED + "}");
		assertThat(CloudEvents.attributes(event)).containsOnlyKeys("specversion", "id", "source", "type");
	}

	@Test
	void attributesLeaveTheContentTypeToTheTransport() {
		assertThat(CloudEvents.attributes(EventSamples.FULL)).containsEntry("specversion", "1.0")
			.containsEntry("time", "2026-01-31T12:00:00.123456789Z")
			.containsEntry("partitionkey", "Kunde 7 é")
			.containsEntry("note", "日本 語")
			.doesNotContainKey("datacontenttype");
	}

	@Test
	void theTransportsContentTypeComesFirst() {
		Map<String, String> attributes = new HashMap<>(CloudEvents.attributes(EventSamples.minimal(null, null)));
		attributes.put("datacontenttype", "text/plain");

		assertThat(CloudEvents.fromAttributes(attributes, "a/b", null).dataContentType()).isEqualTo("a/b");
		assertThat(CloudEvents.fromAttributes(attributes, null, null).dataContentType()).isEqualTo("text/plain");
		assertThat(CloudEvents.fromAttributes(attributes, "", new byte[0]).data()).isNull();
	}

	@Test
	void attributesOfTheBinaryModeAreCheckedToo() {
		for (Map<String, String> wrong : List.of(Map.of("id", ""), Map.of("specversion", "0.3"), Map.of("time", "now"),
				Map.of("source", "a b"), Map.of("data_base64", "AA=="), Map.of("data", "1"), Map.of("x", "\r"))) {
			Map<String, String> attributes = new HashMap<>(CloudEvents.attributes(EventSamples.minimal(null, null)));
			attributes.putAll(wrong);
			assertThatExceptionOfType(EventFormatException.class).as(wrong.toString())
				.isThrownBy(() -> CloudEvents.fromAttributes(attributes, null, null));
		}
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> CloudEvents.fromAttributes(Map.of(), null, null));
	}

	private static Event<byte @Nullable []> extended(Map<String, String> extensions) {
		return new Event<>("1", "/s", "t", null, null, null, null, null, null, null, extensions, null);
	}

	private static List<byte[]> malformedUtf8() {
		return List.of(new byte[] { (byte) 0xC0, (byte) 0xA0 }, new byte[] { (byte) 0xED, (byte) 0xA0, (byte) 0x80 },
				new byte[] { (byte) 0xE0, (byte) 0x80, (byte) 0x80 },
				new byte[] { (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80 }, new byte[] { (byte) 0x80 },
				new byte[] { (byte) 0xC3 }, new byte[] { (byte) 0xFF });
	}

	private static byte[] around(String start, byte[] middle, String end) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(start.getBytes(StandardCharsets.UTF_8));
		bytes.writeBytes(middle);
		bytes.writeBytes(end.getBytes(StandardCharsets.UTF_8));
		return bytes.toByteArray();
	}

}
