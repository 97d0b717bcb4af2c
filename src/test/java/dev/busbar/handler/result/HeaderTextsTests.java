package dev.busbar.handler.result;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderTextsTests {

	@Test
	void whatIsNoTextBytesNumberOrBooleanIsLeftOut() {
		assertThat(HeaderTexts.of(Map.of("a", "1", "b", 2, "c", true, "d", List.of("x"), "e", Map.of("x", "y"))))
			.isEqualTo(Map.of("a", "1", "b", "2", "c", "true"));
	}

	@Test
	void aBombIsCutAndTheAttributesAreKept() {
		Map<String, Object> headers = new HashMap<>();
		for (int i = 0; i < 10_000; i++) {
			headers.put("a" + i, "x".repeat(1_000));
		}
		headers.put("x".repeat(100_000), new byte[1_000_000]);
		headers.put("ce_type", "order.placed");
		Map<String, String> texts = HeaderTexts.of(headers);
		assertThat(texts).containsEntry("ce_type", "order.placed").containsEntry("(left out)", "9802");
		assertThat(texts).hasSizeLessThanOrEqualTo(HeaderTexts.MAX_HEADERS + 1);
		assertThat(texts.toString()).hasSizeLessThan(2 * HeaderTexts.MAX_SIZE);
	}

}
