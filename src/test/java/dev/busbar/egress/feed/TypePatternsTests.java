package dev.busbar.egress.feed;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TypePatternsTests {

	@Test
	void aStarStandsForAnyCharacters() {
		TypePatterns patterns = TypePatterns.of(List.of("order.*", "*.sent", "a*c", "plain"));
		assertThat(List.of("order.placed", "order.", "order.x.y", "invoice.sent", "ac", "a.b.c", "plain"))
			.allMatch(patterns::contain);
		assertThat(List.of("order", "orders.placed", "sent", "ab", "plain.", "Order.placed", ""))
			.noneMatch(patterns::contain);
	}

	@Test
	void nothingElseHasAMeaning() {
		assertThat(TypePatterns.of(List.of("a.c", "[a-z]+", "\\Qx\\E")).contain("abc")).isFalse();
		assertThat(TypePatterns.of(List.of("[a-z]+")).contain("[a-z]+")).isTrue();
		assertThat(TypePatterns.of(List.of("a%_!*")).like()).containsExactly("a!%!_!!%");
	}

	@Test
	void manyStarsCostNoMoreThanFew() {
		String hostile = "*a".repeat(60) + "*".repeat(60) + "b";
		assertThat(TypePatterns.of(List.of(hostile)).contain("a".repeat(2000))).isFalse();
	}

}
