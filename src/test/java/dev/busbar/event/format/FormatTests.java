package dev.busbar.event.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FormatTests {

	@Test
	void utf8IsWellFormedWhereTheStrictDecoderOfTheJdkSaysSo() {
		Random random = new Random(7);
		byte[] edges = { 0, 0x7F, (byte) 0x80, (byte) 0x8F, (byte) 0x90, (byte) 0x9F, (byte) 0xA0, (byte) 0xBF,
				(byte) 0xC0, (byte) 0xC1, (byte) 0xC2, (byte) 0xDF, (byte) 0xE0, (byte) 0xE1, (byte) 0xED, (byte) 0xEE,
				(byte) 0xEF, (byte) 0xF0, (byte) 0xF1, (byte) 0xF4, (byte) 0xF5, (byte) 0xFF };
		int wellFormed = 0;
		for (int i = 0; i < 300_000; i++) {
			byte[] bytes = new byte[1 + random.nextInt(4)];
			for (int j = 0; j < bytes.length; j++) {
				bytes[j] = edges[random.nextInt(edges.length)];
			}
			boolean expected = isDecodable(bytes);
			wellFormed += expected ? 1 : 0;
			assertThat(Utf8.isWellFormed(bytes)).as(() -> ByteBuffer.wrap(bytes).toString()).isEqualTo(expected);
		}
		assertThat(wellFormed).isGreaterThan(1000);
	}

	private static boolean isDecodable(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	@ParameterizedTest
	@CsvSource({ "2026-01-31T12:00:00Z,2026-01-31T12:00:00Z", "2026-01-31t12:00:00z,2026-01-31T12:00:00Z",
			"2026-01-31T12:00:00+05:30,2026-01-31T06:30:00Z", "2026-01-31T12:00:00-00:00,2026-01-31T12:00:00Z",
			"2026-01-31T23:30:00-01:30,2026-02-01T01:00:00Z", "2026-01-31T12:00:00.5Z,2026-01-31T12:00:00.500Z",
			"2026-01-31T12:00:00.1234567899+01:00,2026-01-31T11:00:00.123456789Z",
			"2016-12-31T23:59:60Z,2017-01-01T00:00:00Z", "2024-02-29T00:00:00Z,2024-02-29T00:00:00Z",
			"0000-01-01T00:00:00Z,0000-01-01T00:00:00Z", "0000-01-01T00:01:00+00:01,0000-01-01T00:00:00Z",
			"9999-12-31T23:58:59-00:01,9999-12-31T23:59:59Z",
			"9999-12-31T23:59:59.999999999Z,9999-12-31T23:59:59.999999999Z" })
	void timestampsAreRead(String text, Instant expected) {
		assertThat(Rfc3339.parse(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "now", "2026-01-31", "2026-01-31T12:00Z", "2026-01-31T12:00:00",
			"2026-01-31 12:00:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+1:00", "2026-01-31T12:00:00+0100",
			"2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+01:60", "2026-01-31T12:00:00Zx", "2026-01-31T24:00:00Z",
			"2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z", "2026-13-01T12:00:00Z", "2026-02-29T12:00:00Z",
			"+026-01-31T12:00:00Z", "-2026-01-31T12:00:00Z", "2026-01-31T12:00:00*01:00", "２０２６-01-31T12:00:00Z",
			"2026-01-31T12:00:00,5Z", "2026-01-31T12:00:00.5", "2026-01-31T12:00:00\u200bZ", "9999-12-31T23:59:60Z",
			"9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01" })
	void whatIsNoTimestampIsNotRead(String text) {
		assertThat(Rfc3339.parse(text)).isNull();
	}

	@Test
	void timestampsComeBack() {
		Random random = new Random(11);
		for (int i = 0; i < 10_000; i++) {
			Instant time = Instant.ofEpochSecond(random.nextLong(-60_000_000_000L, 250_000_000_000L),
					random.nextInt(1_000_000_000));
			assertThat(Rfc3339.parse(Rfc3339.format(time))).isEqualTo(time);
			for (ChronoUnit unit : List.of(ChronoUnit.NANOS, ChronoUnit.MICROS, ChronoUnit.MILLIS,
					ChronoUnit.SECONDS)) {
				assertThat(Rfc3339.format(time.truncatedTo(unit))).isEqualTo(time.truncatedTo(unit).toString());
			}
		}
		assertThatIllegalArgumentException().isThrownBy(() -> Rfc3339.format(Instant.parse("+10000-01-01T00:00:00Z")));
		assertThatIllegalArgumentException().isThrownBy(() -> Rfc3339.format(Instant.parse("-0001-12-31T23:59:59Z")));
	}

	@ParameterizedTest
	@CsvSource({ "/s,true,false", "s,true,false", "https://a.b:1/c?d=e#f,true,true", "urn:a:b,true,true",
			"a:,true,true", "a+b-c.d:e,true,true", "//host/x,true,false", "#f,true,false", "?q=a:b,true,false",
			"%20,true,false", "./a:b,true,false", "mailto:a@b.c,true,true", "1:a,false,false", ":a,false,false",
			"a b,false,false", "a%2,false,false", "a%zz,false,false", "é,false,false", "a#b#c,false,false",
			"a<b,false,false", "a\\b,false,false", "a_b:c,false,false", "a^b,false,false" })
	void urisAreTold(String text, boolean reference, boolean uri) {
		assertThat(Uris.isReference(text)).isEqualTo(reference);
		assertThat(Uris.isUri(text)).isEqualTo(uri);
	}

	@ParameterizedTest
	@CsvSource({ "busbar,/busbar", "my shop,/my%20shop", "héllo,/h%C3%A9llo", "a/b#c?d%,/a%2Fb%23c%3Fd%25",
			"a-b._~,/a-b._~", "a:b,/a%3Ab" })
	void anyNameIsAPath(String name, String path) {
		assertThat(Uris.path(name)).isEqualTo(path);
		assertThat(Uris.isReference(path)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "application/json,true,true", "text/JSON ; charset=utf-8,true,true", "a/b+json,true,true",
			"a/b+Json;x,true,true", "application/xml,true,false", "a/xjson,true,false", "json,false,false",
			"/json,false,false", "a/,false,false", "a,false,false", "a/b/json,false,false", "a b/json,false,true",
			"a/b;json,true,false" })
	void mediaTypesAreTold(String text, boolean mediaType, boolean json) {
		assertThat(MediaTypes.isMediaType(text)).isEqualTo(mediaType);
		assertThat(MediaTypes.isJson(text)).isEqualTo(json);
	}

	@Test
	void aMediaTypeIsComparedWithoutParameters() {
		assertThat(MediaTypes.is("Text/Plain ; a=b", "text/plain")).isTrue();
		assertThat(MediaTypes.is("text/plainer", "text/plain")).isFalse();
		assertThat(MediaTypes.is(null, "text/plain")).isFalse();
		assertThat(MediaTypes.isJson(null)).isTrue();
	}

	@Test
	void textInABufferIsWellFormedJson() {
		StringBuilder all = new StringBuilder();
		for (int point = 0; point < 0x11000; point++) {
			if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
				all.appendCodePoint(point);
			}
		}

		byte[] bytes = new JsonBuffer(1).text(all.toString()).toBytes();

		assertThat(JsonMapper.builder().build().readValue(bytes, String.class)).isEqualTo(all.toString());
		assertThatIllegalArgumentException().isThrownBy(() -> new JsonBuffer(1).text("a\ud800"));
		assertThatIllegalArgumentException().isThrownBy(() -> new JsonBuffer(1).text("a\udc00\ud800"));
	}

	@Test
	void aLineOfALogStaysOneLine() {
		assertThat(LogText.of("bad item\n2026 ERROR forged\r\u2028\u001b[31m\u202eabc", 300))
			.doesNotContain("\n", "\r", "\u2028", "\u001b", "\u202e")
			.startsWith("bad item 2026 ERROR forged");
		assertThat(LogText.of("abc", 2)).isEqualTo("ab");
		assertThat(LogText.of(null, 2)).isEqualTo("null");
	}

}
