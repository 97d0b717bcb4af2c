package dev.busbar.binder.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;

import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class H2ForcedTests {

	private static final FilePath FILES = new CountedFilePath();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path folder;

	@BeforeAll
	static void count() {
		FilePath.register(FILES);
	}

	@AfterAll
	static void stop() {
		FilePath.unregister(FILES);
	}

	@Test
	void whatIsPublishedHasBeenForcedToDiskBeforeThePublisherGoesOn() {
		try (LogApplication application = start("commit")) {
			LogApplication.Publisher publisher = application.publisher("orders", 1);
			for (int i = 0; i < 5; i++) {
				int before = CountedFilePath.FORCED.get();
				publisher.publish(0, "e" + i);
				assertThat(CountedFilePath.FORCED).hasValueGreaterThan(before);
			}
		}
	}

	@Test
	void whatIsPublishedInATransactionIsForcedAfterItsCommit() {
		try (LogApplication application = start("commit")) {
			LogApplication.Publisher publisher = application.publisher("orders", 1);
			int before = CountedFilePath.FORCED.get();
			application.transaction().executeWithoutResult((status) -> {
				publisher.publishAll(0, List.of("a", "b", "c"));
				assertThat(CountedFilePath.FORCED).hasValue(before);
			});
			assertThat(CountedFilePath.FORCED).hasValueGreaterThan(before);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5_000 })
	void whatIsForcedIsTheRecordItself(int writeDelay) throws Exception {
		try (LogApplication application = start("commit", writeDelay)) {
			LogApplication.Publisher publisher = application.publisher("orders", 1);
			CountedFilePath.COPY.set(this.folder.resolve("copy.mv.db"));
			for (int i = 1; i <= 5; i++) {
				publisher.publish(0, "e" + i);
				assertThat(recordsOfTheCopy()).isEqualTo(i);
			}
		}
		finally {
			CountedFilePath.COPY.set(null);
		}
	}

	/**
	 * What a database finds that starts after a crash right before the file was forced.
	 */
	private int recordsOfTheCopy() throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + this.folder.resolve("copy"), "sa",
				"");
				ResultSet count = connection.createStatement().executeQuery("select count(*) from busbar_log_record")) {
			count.next();
			return count.getInt(1);
		}
	}

	@Test
	void withoutSyncNothingIsForced() {
		try (LogApplication application = start("none")) {
			LogApplication.Publisher publisher = application.publisher("orders", 1);
			int before = CountedFilePath.FORCED.get();
			for (int i = 0; i < 50; i++) {
				publisher.publish(0, "e" + i);
			}
			assertThat(CountedFilePath.FORCED).hasValue(before);
		}
	}

	private LogApplication start(String sync) {
		return start(sync, 0);
	}

	private LogApplication start(String sync, int writeDelay) {
		return new LogApplication("jdbc:h2:file:counted:" + this.folder.resolve("log") + ";WRITE_DELAY=" + writeDelay,
				Map.of("spring.cloud.stream.jdbc.binder.sync", sync));
	}

}
