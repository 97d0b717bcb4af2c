package dev.busbar.operations;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import dev.busbar.store.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresBulkReplayIT extends BulkReplayContract {

	private static final int LETTERS = 100_000;

	private static final String INSERT = """
			insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key,
				headers, payload, exception, cause, attempts, first_failure, last_failure, broker, destination)
			select gen_random_uuid(), decode(md5(n::text), 'hex'), 'g', 'h', '/test', 'e' || n, 't', 'k', '{}',
				convert_to(repeat('0123456789abcdef', 128), 'UTF8'), 'x.Boom', 'boom', 3,
				timestamptz '2020-01-01' + n * interval '1 millisecond', now(), 'test', 't'
			from generate_series(1, ?) as n
			""";

	PostgresBulkReplayIT() {
		super(TestDatabase.postgres());
	}

	@Test
	void aHundredThousandLettersGoThroughAHeapThatHoldsAFewOfThem() throws Exception {
		try (TestDatabase database = TestDatabase.postgres().withTables()) {
			JdbcTemplate jdbc = database.jdbc();
			jdbc.update(INSERT, LETTERS);
			// Their payloads alone have 200 MB.
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx64m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-cp",
					System.getProperty("java.class.path"), ReplayInSmallHeap.class.getName(),
					database.dataSource().getJdbcUrl(), database.dataSource().getUsername())
				.redirectOutput(Path.of("target", "replay-in-small-heap.log").toFile())
				.redirectErrorStream(true)
				.start();
			try {
				assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
				assertThat(process.exitValue()).as("see target/replay-in-small-heap.log").isZero();
			}
			finally {
				process.destroyForcibly();
			}
			assertThat(jdbc.queryForObject("select count(*) from busbar_dead_letter where state = 'REPLAYED'",
					Integer.class))
				.isEqualTo(LETTERS);
			assertThat(jdbc.queryForObject("select done from busbar_replay where state = 'DONE'", Integer.class))
				.isEqualTo(LETTERS);
		}
	}

}
