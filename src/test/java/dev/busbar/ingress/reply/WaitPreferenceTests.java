package dev.busbar.ingress.reply;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WaitPreferenceTests {

	@ParameterizedTest
	@ValueSource(strings = { "wait=5", "Wait=5", " wait = 5 ", "wait=\"5\"", "wait=005", "wait=5; x=1", "wait=5;x",
			"respond-async, wait=5", "respond-async,wait=5,wait=7", "return=minimal; a=\"b, wait=9\", wait=5",
			"foo=\"\\\", wait=9\", wait=5", ", , wait=5", "wait=5, wait=oops", "handling=lenient;wait=9, wait=5",
			"=, wait=5", "foo==bar, wait=5", "wait=\"\\5\"" })
	void theFirstWaitCountsAmongWhateverElse(String header) {
		assertThat(of(header)).isEqualTo(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "respond-async", "wait", "wait=", "wait=\"\"", "wait=-1", "wait=1.5", "wait=5s",
			"wait=+5", "wait=\u0665", "wait=0x5", "waiting=5", "wait-5", "\"wait\"=5", "foo=\"wait=5",
			"wait=oops, wait=5", "foo;wait=5", "wait;x=5", "=5" })
	void whatCannotBeReadIsNoPreference(String header) {
		assertThat(of(header)).isNull();
	}

	@Test
	void severalHeadersAreOneList() {
		assertThat(of("respond-async", "wait=2", "wait=3")).isEqualTo(Duration.ofSeconds(2));
		assertThat(of("foo=\"", "wait=2")).isEqualTo(Duration.ofSeconds(2));
		assertThat(of()).isNull();
	}

	@Test
	void noNumberIsTooLarge() {
		assertThat(of("wait=99999999999999999999999999")).isGreaterThan(Duration.ofDays(365));
		assertThat(of("wait=0")).isZero();
		assertThat(of("wait=" + "0".repeat(5000) + "3")).isEqualTo(Duration.ofSeconds(3));
	}

	private static Duration of(String... headers) {
		return WaitPreference.of(Collections.enumeration(List.of(headers)));
	}

}
