package dev.busbar.contract.snippets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation shows the code that the tests run, and no other.
 */
class DocumentationTests {

	/** A test class in backticks, with a method or without. */
	private static final Pattern TEST = Pattern.compile("`(\\w*[a-z0-9](?:Tests|IT|Contract|Cases))(?:\\.(\\w+))?`");

	private static final Pattern REGION = Pattern.compile("// tag::(\\S+)\\[]\n(.*?)[ \t]*// end::\\1\\[]\n",
			Pattern.DOTALL);

	@ParameterizedTest
	@CsvSource({ "src/test/java/app/Greetings.java, README.md, 1",
			"src/test/java/dev/busbar/contract/snippets/RabbitSnippets.java, docs/brokers.md, 4",
			"src/test/java/dev/busbar/contract/snippets/KafkaSnippets.java, docs/brokers.md, 3",
			"src/test/java/dev/busbar/contract/snippets/SocketSnippets.java, docs/websocket.md, 1" })
	void theDocumentationContainsTheCodeThatIsTested(Path source, Path document, int regions) throws IOException {
		String documentation = Files.readString(document);
		assertThat(regions(source)).hasSize(regions)
			.allSatisfy((code) -> assertThat(documentation).contains("```java\n" + code + "\n```\n"));
	}

	@Test
	void theDocumentsNameTestsThatExist() throws IOException {
		Map<String, String> sources;
		try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
			sources = files.filter((file) -> file.toString().endsWith(".java"))
				.collect(Collectors.toMap((file) -> file.getFileName().toString().replace(".java", ""),
						DocumentationTests::read, (one, other) -> one + other));
		}
		StringBuilder documents = new StringBuilder();
		try (Stream<Path> files = Files.list(Path.of("docs"))) {
			files.filter((file) -> file.toString().endsWith(".md"))
				.map(DocumentationTests::read)
				.forEach(documents::append);
		}
		List<MatchResult> named = TEST.matcher(documents).results().toList();
		assertThat(named).hasSizeGreaterThan(50)
			.allSatisfy((test) -> assertThat(sources.getOrDefault(test.group(1), "")).as(test.group())
				.contains((test.group(2) != null) ? "void " + test.group(2) + "("
						: (test.group(1).endsWith("Cases") ? "interface " : "class ") + test.group(1)));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<String> regions(Path source) throws IOException {
		return REGION.matcher(Files.readString(source))
			.results()
			.map((MatchResult region) -> region.group(2).stripTrailing().stripIndent().replace("\t", "    "));
	}

}
