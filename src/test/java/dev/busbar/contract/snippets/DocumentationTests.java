package dev.busbar.contract.snippets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation shows the code that the tests run, and no other.
 */
class DocumentationTests {

	private static final Pattern REGION = Pattern.compile("// tag::(\\S+)\\[]\n(.*?)[ \t]*// end::\\1\\[]\n",
			Pattern.DOTALL);

	@ParameterizedTest
	@CsvSource({ "src/test/java/app/Greetings.java, README.md, 1",
			"src/test/java/dev/busbar/contract/snippets/RabbitSnippets.java, docs/brokers.md, 4",
			"src/test/java/dev/busbar/contract/snippets/KafkaSnippets.java, docs/brokers.md, 3" })
	void theDocumentationContainsTheCodeThatIsTested(Path source, Path document, int regions) throws IOException {
		String documentation = Files.readString(document);
		assertThat(regions(source)).hasSize(regions)
			.allSatisfy((code) -> assertThat(documentation).contains("```java\n" + code + "\n```\n"));
	}

	private static Stream<String> regions(Path source) throws IOException {
		return REGION.matcher(Files.readString(source))
			.results()
			.map((MatchResult region) -> region.group(2).stripTrailing().stripIndent().replace("\t", "    "));
	}

}
