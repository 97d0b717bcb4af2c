package dev.busbar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person finds in the database.
 */
class DocumentedTablesTests {

	private static final Pattern CREATED = Pattern.compile("(?i)create\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?(\\w+)");

	private static final Pattern DROPPED = Pattern.compile("(?i)drop\\s+table\\s+(?:if\\s+exists\\s+)?(\\w+)");

	private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(busbar_\\w+)` \\| \\S");

	/** Flyway's own. */
	private static final Set<String> HISTORIES = Set.of("busbar_schema_history", "busbar_log_schema_history");

	@Test
	void eachTableThatAMigrationCreatesIsDescribedAndNoOther() throws IOException {
		String migrations;
		try (Stream<Path> files = Files.walk(Path.of("src/main/resources/dev/busbar"))) {
			migrations = files.filter((file) -> file.toString().endsWith(".sql"))
				.map(DocumentedTablesTests::read)
				.collect(Collectors.joining("\n"));
		}
		Set<String> tables = names(CREATED, migrations);
		assertThat(tables).hasSizeGreaterThan(20);
		tables.removeAll(names(DROPPED, migrations));
		tables.addAll(HISTORIES);
		assertThat(names(DOCUMENTED, Files.readString(Path.of("docs/brokers.md")))).as("tables in docs/brokers.md")
			.isEqualTo(tables);
	}

	private static Set<String> names(Pattern pattern, String text) {
		return pattern.matcher(text)
			.results()
			.map((found) -> found.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
