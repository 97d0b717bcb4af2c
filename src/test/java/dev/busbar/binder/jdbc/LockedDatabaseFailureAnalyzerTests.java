package dev.busbar.binder.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class LockedDatabaseFailureAnalyzerTests {

	private final LockedDatabaseFailureAnalyzer analyzer = new LockedDatabaseFailureAnalyzer(
			new MockEnvironment().withProperty("spring.datasource.url", "jdbc:h2:file:./data/busbar;PASSWORD=canary"));

	@Test
	void aLockedFileIsNamedWithWhatToDo(@TempDir Path folder) throws Exception {
		SQLException locked = open(folder);
		FailureAnalysis analysis = Objects
			.requireNonNull(this.analyzer.analyze(new IllegalStateException("start", locked)));
		assertThat(analysis.getDescription()).contains(folder.resolve("db.mv.db").toString())
			.contains("another process")
			.contains("jdbc:h2:file:./data/busbar;PASSWORD=(hidden)")
			.doesNotContain("canary");
		assertThat(analysis.getAction()).contains("Stop", "spring.datasource.url", "PostgreSQL");
	}

	private static SQLException open(Path folder) throws IOException, SQLException {
		Path file = folder.resolve("db.mv.db");
		try (FileChannel other = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
				var lock = other.lock()) {
			assertThat(lock.isValid()).isTrue();
			return catchThrowableOfType(SQLException.class,
					() -> DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("db")).close());
		}
	}

	@Test
	void otherFailuresOfTheDatabaseAreNotExplained() {
		assertThat(this.analyzer.analyze(new IllegalStateException(new SQLException("other", "08001", 90067))))
			.isNull();
	}

}
