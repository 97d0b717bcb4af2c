package dev.busbar.egress.filter;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeout;

class DataFilterTests {

	private static final String DATA = """
			{"amount":100.5,"count":3,"currency":"EUR","paid":true,"none":null,"items":[{"sku":"a"},{"sku":"b"}],
			"big":123456789012345678901234567890,"address":{"city":"K\u00F6ln"}}
			""";

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			data.amount > 100 && data.currency == 'EUR' | true
			data.amount > 101                           | false
			data.count == 3                             | true
			data.count == 3.0                           | true
			data.count < 3.5                            | true
			data.big > 5                                | true
			data.paid                                   | true
			!data.paid                                  | false
			data.items.exists(i, i.sku == 'b')          | true
			data.items.all(i, i.sku == 'b')             | false
			data.address.city == 'Köln'                 | true
			data.none == null                           | true
			data.missing == 'x'                         | false
			!has(data.missing)                          | true
			data.currency in ['EUR', 'USD']             | true
			data.currency.matches('^E.R$')              | true
			data.amount == 'x'                          | false
			event.type.startsWith('order.')             | true
			event.partitionkey == 'k'                   | true
			data.currency                               | false
			""")
	void aConditionHoldsOrNot(String condition, boolean holds) {
		assertThat(new DataFilter(condition).test(input(DATA))).isEqualTo(holds);
	}

	@Test
	void anEventWithoutJsonFulfilsNoConditionOnData() {
		assertThat(new DataFilter("data.a == 1").test(input(null))).isFalse();
		assertThat(new DataFilter("data.a == 1").test(input("{"))).isFalse();
		assertThat(new DataFilter("event.id == '1'").test(input(null))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "data.", "1 + 1", "'text'", "unknown == 1", "data.items.map(i, i.sku) == []",
			"data.items.filter(i, true) == []", "system('x')", "event.type = 1" })
	void whatIsNoConditionIsRefused(String condition) {
		assertThatIllegalArgumentException().isThrownBy(() -> new DataFilter(condition))
			.withMessageContaining("'filter'");
	}

	@Test
	void aConditionThatIsTooLongIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new DataFilter("true" + " && true".repeat(200)));
	}

	@Test
	void whatACondtionMayCostIsBounded() {
		String many = IntStream.range(0, 2000).mapToObj(Integer::toString).collect(Collectors.joining(","));
		assertThat(new DataFilter("data.l.all(x, x >= 0)").test(input("{\"l\":[" + many + "]}"))).isFalse();
		String nested = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(","));
		assertThat(new DataFilter("data.l.all(x, data.l.all(y, data.l.all(z, true)))")
			.test(input("{\"l\":[" + nested + "]}"))).isFalse();
		String long64k = "a".repeat(65_536);
		assertThat(new DataFilter("size(data.t) == 4096").test(input("{\"t\":\"" + long64k + "\"}"))).isTrue();
		assertThat(new DataFilter("data.t.matches('(a+)+$')").test(input("{\"t\":\"" + long64k + "b\"}"))).isTrue();
		assertThat(new DataFilter("data.t.matches('(a*)*b')").test(input("{\"t\":\"" + long64k + "\"}"))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "1000, true", "1001, false" })
	void ofDataWithTooLongAListNothingIsSeen(int elements, boolean seen) {
		FilterInput input = input("{\"a\":1,\"b\":{\"l\":" + list(elements) + "}}");
		assertThat(new DataFilter("data.a == 1").test(input)).isEqualTo(seen);
		assertThat(new DataFilter("0 in data.b.l").test(input)).isEqualTo(seen);
		assertThat(new DataFilter("event.id == '1'").test(input)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "9, true", "10, false" })
	void ofDataWithTooManyValuesNothingIsSeen(int lists, boolean seen) {
		String many = IntStream.range(0, lists)
			.mapToObj((i) -> "\"l" + i + "\":" + list(1000))
			.collect(Collectors.joining(","));
		assertThat(new DataFilter("data.a == 1").test(input("{\"a\":1," + many + "}"))).isEqualTo(seen);
	}

	@Test
	void asManyLooksAtLongListsAsAConditionHoldsTakeLittleTime() {
		FilterInput input = input("{\"l\":" + list(1000) + "}");
		String looks = "-1 in data.l || ".repeat(61) + "data.l == []";
		assertTimeout(Duration.ofSeconds(20), () -> {
			for (int i = 0; i < 100; i++) {
				assertThat(new DataFilter(looks).test(input)).isFalse();
			}
		});
		FilterInput longer = input("{\"l\":" + list(300_000) + "}");
		assertTimeout(Duration.ofSeconds(20), () -> assertThat(new DataFilter(looks).test(longer)).isFalse());
	}

	private static String list(int elements) {
		return IntStream.range(0, elements).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
	}

	private static FilterInput input(@Nullable String data) {
		return new FilterInput(new Event<>("1", "/test", "order.placed", null, null, "k", null, null, null, null,
				Map.of(), (data != null) ? data.getBytes(StandardCharsets.UTF_8) : null));
	}

}
