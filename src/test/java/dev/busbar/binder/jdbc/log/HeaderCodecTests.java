package dev.busbar.binder.jdbc.log;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderCodecTests {

	private final HeaderCodec codec = new HeaderCodec();

	@Test
	void valuesComeBackWithTheirTypes() {
		Map<String, Object> headers = new HashMap<>();
		headers.put("string", "{\"l\":\"1\"}");
		headers.put("int", Integer.MIN_VALUE);
		headers.put("long", 7L);
		headers.put("short", (short) 7);
		headers.put("byte", (byte) 7);
		headers.put("float", 1.5f);
		headers.put("double", 1e300);
		headers.put("infinite", Double.NEGATIVE_INFINITY);
		headers.put("whole", 3.0);
		headers.put("decimal", new BigDecimal("1.20"));
		headers.put("integer", BigInteger.TEN.pow(30));
		headers.put("flag", false);
		headers.put("quote \" and ü \u0000", "ü \" \\ \u0000 \uD83D\uDE00");
		assertThat(this.codec.decode(this.codec.encode(headers))).isEqualTo(headers);
	}

	@Test
	void bytesComeBackAsBytes() {
		byte[] bytes = { 0, -1, 127 };
		assertThat(this.codec.decode(this.codec.encode(Map.of("b", bytes)))).containsEntry("b", bytes);
	}

	@Test
	void whatIsInTheLogAlreadyIsRead() {
		byte[] stored = "{\"s\":\"x\",\"t\":true,\"i\":3,\"d\":1.5,\"l\":{\"l\":\"7\"},\"n\":{\"n\":\"-Infinity\"}}"
			.getBytes(StandardCharsets.UTF_8);
		assertThat(this.codec.decode(stored))
			.isEqualTo(Map.of("s", "x", "t", true, "i", 3, "d", 1.5, "l", 7L, "n", Double.NEGATIVE_INFINITY));
	}

	@Test
	void otherObjectsAreLeftOutAndNoClassIsNamed() {
		byte[] encoded = this.codec.encode(Map.of("o", new Object(), "m", Map.of("l", "1"), "s", "x"));
		assertThat(new String(encoded, StandardCharsets.UTF_8)).isEqualTo("{\"s\":\"x\"}");
	}

}
