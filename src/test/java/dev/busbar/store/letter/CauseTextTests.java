package dev.busbar.store.letter;

import java.io.IOException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CauseTextTests {

	@Test
	void theRootCauseIsToldBeneathDeepStacksAndLongMessages() {
		Throwable root = deep(new IOException("the root cause"), 90);
		assertThat(CauseText.of(deep(new IllegalStateException("failed", root), 90)))
			.startsWith("java.lang.IllegalStateException: failed\nCaused by: java.io.IOException: the root cause\n")
			.contains("\n\njava.io.IOException\n\tat shop.Deep.call(Deep.java:0)\n")
			.hasSizeLessThanOrEqualTo(CauseText.LENGTH);
		assertThat(CauseText.of(new IllegalStateException("x".repeat(9_000_000), root)))
			.contains("xx\u2026\nCaused by: java.io.IOException: the root cause", "\tat shop.Deep")
			.hasSizeLessThanOrEqualTo(CauseText.LENGTH);
	}

	@Test
	void ofALongChainBothEndsAreTold() {
		Exception chain = new IOException("the root cause");
		for (int i = 0; i < 500; i++) {
			chain = deep(new IllegalStateException("x".repeat(1_000), chain), 50);
		}
		assertThat(CauseText.of(new IllegalArgumentException("the first", chain)))
			.startsWith("java.lang.IllegalArgumentException: the first\n")
			.contains("\n... and so on, down to ...\n", "\nCaused by: java.io.IOException: the root cause\n")
			.hasSizeLessThanOrEqualTo(CauseText.LENGTH);
	}

	@Test
	void eachCauseHasALineWhateverItsMessage() {
		Exception broken = new IllegalStateException() {

			private static final long serialVersionUID = 1L;

			@Override
			public String getMessage() {
				throw new UnsupportedOperationException();
			}

		};
		assertThat(CauseText.of(new IllegalStateException("a\nb\u001b[31m", broken)))
			.startsWith("java.lang.IllegalStateException: a b [31m\nCaused by: " + broken.getClass().getName());
		assertThat(CauseText.of(broken)).contains("UnsupportedOperationException");
		assertThat(CauseText.of(new IllegalStateException())).startsWith("java.lang.IllegalStateException\n");
	}

	@Test
	void aCircleEnds() {
		Exception one = new IllegalStateException("one");
		Exception two = new IllegalStateException("two", one);
		one.initCause(two);
		one.addSuppressed(new IOException("on closing"));
		assertThat(CauseText.of(one)).startsWith("java.lang.IllegalStateException: one\n"
				+ "\tSuppressed: java.io.IOException: on closing\nCaused by: java.lang.IllegalStateException: two\n\n");
	}

	private static <T extends Throwable> T deep(T exception, int frames) {
		exception.setStackTrace(IntStream.range(0, frames)
			.mapToObj((line) -> new StackTraceElement("shop.Deep", "call", "Deep.java", line))
			.toArray(StackTraceElement[]::new));
		return exception;
	}

}
