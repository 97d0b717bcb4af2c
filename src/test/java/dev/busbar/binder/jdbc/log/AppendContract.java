package dev.busbar.binder.jdbc.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * How records get their offsets, on any database.
 */
abstract class AppendContract {

	private JdbcTemplate jdbc = new JdbcTemplate();

	private LogDialect dialect = LogDialect.H2;

	private List<Integer> partitions = List.of();

	abstract DataSource database();

	@BeforeEach
	void create() {
		DataSource database = database();
		this.jdbc = new JdbcTemplate(database);
		this.dialect = LogDialect.of(database);
		LogSchema.migrate(database, this.dialect);
		LogTransactions transactions = new LogTransactions(database);
		LogTopology topology = new LogTopology(new LogTemplate(database, transactions), transactions);
		this.partitions = topology.ensurePartitions("orders", 3);
	}

	@Test
	void eachPartitionCountsItsRecordsInTheirOrder() {
		int first = this.partitions.get(0);
		int last = this.partitions.get(2);
		assertThat(append(last, "a")).isEqualTo(Map.of(last, 1L));
		List<Append> some = new ArrayList<>();
		some.add(record(last, "b"));
		some.add(record(first, "c"));
		some.add(record(last, "d"));
		assertThat(this.dialect.append(this.jdbc, some)).isEqualTo(Map.of(first, 1L, last, 3L));
		assertThat(append(first, "e")).isEqualTo(Map.of(first, 2L));
		assertThat(this.dialect.append(this.jdbc, List.of(record(first, "f"), record(first, "g"))))
			.isEqualTo(Map.of(first, 4L));
		LogReader reader = new LogReader(this.jdbc, this.dialect);
		assertThat(reader.read(first, 0, 10, 1_000_000).stream().map(AppendContract::text)).containsExactly("0 c h-c",
				"1 e h-e", "2 f h-f", "3 g h-g");
		assertThat(reader.read(last, 0, 10, 1_000_000).stream().map(AppendContract::text)).containsExactly("0 a h-a",
				"1 b h-b", "2 d h-d");
		assertThat(reader.read(last, 1, 1, 1_000_000).stream().map(AppendContract::text)).containsExactly("1 b h-b");
		assertThat(reader.heads()).containsEntry(this.partitions.get(1), 0L).containsEntry(last, 3L);
	}

	@Test
	void largeRecordsOfSeveralPartitionsAreAllThereInTheirOrder() {
		List<Append> some = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			byte[] payload = new byte[50_000 + i];
			new Random(i).nextBytes(payload);
			some.add(new Append(this.partitions.get(i % 2), new byte[] { (byte) i }, payload));
		}
		// One of them is more than a statement takes.
		some.add(new Append(this.partitions.get(0), new byte[0], new byte[900_000]));
		some.add(record(this.partitions.get(0), "last"));
		assertThat(this.dialect.append(this.jdbc, some))
			.isEqualTo(Map.of(this.partitions.get(0), 17L, this.partitions.get(1), 15L));
		LogReader reader = new LogReader(this.jdbc, this.dialect);
		for (int partition = 0; partition < 2; partition++) {
			int id = this.partitions.get(partition);
			List<Append> expected = some.stream().filter((append) -> append.partitionId() == id).toList();
			List<LogRecord> read = new ArrayList<>();
			while (read.size() < expected.size()) {
				read.addAll(reader.read(id, read.size(), 100, 300_000));
			}
			assertThat(read).extracting(LogRecord::offset)
				.containsExactlyElementsOf(LongStream.range(0, expected.size()).boxed().toList());
			assertThat(read).extracting(LogRecord::payload)
				.containsExactlyElementsOf(expected.stream().map(Append::payload).toList());
			assertThat(read).extracting(LogRecord::headers)
				.containsExactlyElementsOf(expected.stream().map(Append::headers).toList());
		}
	}

	@Test
	void aPartitionThatIsNotThereIsSaid() {
		int last = this.partitions.get(2);
		assertThatIllegalStateException()
			.isThrownBy(() -> this.dialect.append(this.jdbc, List.of(record(last, "a"), record(last + 1, "b"))))
			.withMessageContaining("no partition with id " + (last + 1));
		assertThatIllegalStateException().isThrownBy(() -> append(last + 1, "b"));
		assertThatIllegalStateException()
			.isThrownBy(() -> this.dialect.append(this.jdbc, List.of(record(last + 1, "a"), record(last + 1, "b"))));
	}

	/** A partition that is there. */
	int partition() {
		return this.partitions.get(0);
	}

	private Map<Integer, Long> append(int partition, String text) {
		return this.dialect.append(this.jdbc, List.of(record(partition, text)));
	}

	private static Append record(int partition, String text) {
		return new Append(partition, ("h-" + text).getBytes(StandardCharsets.UTF_8),
				text.getBytes(StandardCharsets.UTF_8));
	}

	private static String text(LogRecord record) {
		return record.offset() + " " + new String(record.payload(), StandardCharsets.UTF_8) + " "
				+ new String(record.headers(), StandardCharsets.UTF_8);
	}

}
