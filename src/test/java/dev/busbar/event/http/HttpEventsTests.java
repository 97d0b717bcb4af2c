package dev.busbar.event.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventSamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HttpEventsTests {

	private static Map<String, String> attributes(Map<String, List<String>> headers) {
		return HttpEvents.attributes(headers.entrySet());
	}

	@Test
	void anEventComesBackFromItsHeaders() {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		HttpEvents.headers(EventSamples.FULL).forEach((name, value) -> headers.put(name, List.of(value)));
		headers.put("Content-Type", List.of("application/json"));

		assertThat(headers.toString()).matches("[ -~]*");
		EventSamples.assertSame(
				CloudEvents.fromAttributes(attributes(headers), "application/json", EventSamples.FULL.data()),
				EventSamples.FULL);
	}

	@Test
	void namesAreReadInAnyCaseAndOthersLeft() {
		assertThat(attributes(Map.of("CE-Id", List.of("1"), "cE-sOURCE", List.of("/s"), "ce_type", List.of("t"), "Host",
				List.of("x"), "ce", List.of("x"))))
			.isEqualTo(Map.of("id", "1", "source", "/s"));
	}

	@Test
	void anAttributeThatIsThereTwiceIsRefused() {
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> attributes(Map.of("ce-id", List.of("1", "1"))));
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> attributes(Map.of("ce-id", List.of("1"), "CE-ID", List.of("1"))));
	}

	@Test
	void theExampleOfTheBindingIsEncoded() {
		String encoded = HttpHeaderValues.encode("Euro € 😀");

		assertThat(encoded).isEqualTo("Euro%20%E2%82%AC%20%F0%9F%98%80");
		assertThat(HttpHeaderValues.decode(encoded)).isEqualTo("Euro € 😀");
	}

	@Test
	void allCharactersComeBack() {
		StringBuilder all = new StringBuilder();
		for (char c = 0; c < 0x300; c++) {
			all.append(c);
		}

		String encoded = HttpHeaderValues.encode(all.toString());

		assertThat(encoded).matches("[!-~]*").doesNotContain("\"");
		assertThat(HttpHeaderValues.decode(encoded)).isEqualTo(all.toString());
		assertThat(HttpHeaderValues.encode("/a?b=c&d#e")).isEqualTo("/a?b=c&d#e");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			a b                | a b
			%c3%bc%41          | üA
			"a b"              | a b
			"a \\" \\\\ %41"   | a " \\ A
			"                  | "
			ü                  | ü
			€ü                 | €ü
			1%252              | 1%2
			""")
	void otherFormsAreRead(String header, String value) {
		assertThat(HttpHeaderValues.decode(header)).isEqualTo(value);
	}

	@Test
	void unencodedUtf8ThatTheServerReadAsLatin1IsPutRight() {
		String header = new String("Größe € 😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

		assertThat(HttpHeaderValues.decode(header)).isEqualTo("Größe € 😀");
	}

	@ParameterizedTest
	@ValueSource(strings = { "%C0%A0", "%ED%A0%80", "%FF", "%C3", "%F4%90%80%80", "ü%C0%A0", "%", "%4", "a%4", "%GG",
			"%4G", "%-1", "%+1", "%\uFF14\uFF11" })
	void malformedPercentEncodingIsRefused(String header) {
		assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> HttpHeaderValues.decode(header))
			.withNoCause();
	}

}
