package dev.busbar.outbox.result;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The blocks of the outbox in {@code busbar_outbox_block}: the results that one call has
 * stored, at most as many as a value of the sequence stands for. A block is marked as a
 * whole. Where only some of its results are published, it is opened: from then on each
 * result has a mark of its own.
 */
final class OutboxBlocks {

	/** The increment of the sequence: numbers rise with each call, on every instance. */
	static final int SIZE = 1000;

	/** Joins a result {@code o} with its block {@code b}. */
	static final String JOIN = " left join busbar_outbox_block b on b.first_number = o.number - mod(o.number - 1, "
			+ SIZE + ")";

	/** Whether the block {@code b} of a result waits to be published. */
	static final String WAITS = "(b.first_number is not null and b.published is null)";

	private static final String INSERT = """
			insert into busbar_outbox_block (first_number, consumer_group, size, stored) values (?, ?, ?, ?)
			""";

	/** Takes the time, the number of the first result, and the size. */
	static final String MARK = """
			update busbar_outbox_block set published = ? where first_number = ? and size = ? and published is null
			""";

	private static final String OPEN = """
			update busbar_outbox_block set published = ? where first_number = ? and published is null
			""";

	private static final String UNMARK = "update busbar_outbox set published = null where number between ? and ?";

	private static final String STALE = """
			select first_number, size from busbar_outbox_block
			where published is null and consumer_group = ? and stored < ? and first_number + size - 1 > ?
			order by first_number limit ? for update skip locked
			""";

	/** Of how many blocks a claim takes results at most. */
	private static final int STALE_AT_ONCE = 100;

	private final JdbcTemplate jdbc;

	OutboxBlocks(DataSource dataSource) {
		this.jdbc = new JdbcTemplate(dataSource);
	}

	/** Adds a block that waits to be published. */
	void add(long first, String group, int size, OffsetDateTime now) {
		this.jdbc.update(INSERT, first, group, size, now);
	}

	/**
	 * Marks the blocks of which all results are given.
	 * @param numbers published results
	 * @param now the time
	 * @return the other results: those of blocks that are not given whole or that are
	 * open, and those without a block
	 */
	List<Long> mark(Collection<Long> numbers, OffsetDateTime now) {
		// In one order, so that two that mark the same blocks do not wait for each other.
		Map<Long, Set<Long>> blocks = new TreeMap<>();
		// A result that is given twice stands for no other one.
		numbers.forEach((number) -> blocks.computeIfAbsent(first(number), (first) -> new TreeSet<>()).add(number));
		List<Object[]> whole = new ArrayList<>(blocks.size());
		blocks.forEach((first, results) -> whole.add(new Object[] { now, first, results.size() }));
		int[] marked = this.jdbc.batchUpdate(MARK, whole);
		List<Long> others = new ArrayList<>();
		int block = 0;
		for (Set<Long> results : blocks.values()) {
			if (marked[block++] == 0) {
				others.addAll(results);
			}
		}
		return others;
	}

	/**
	 * The block to which published results belong.
	 * @return null if they are of several blocks, or there are none
	 */
	static @Nullable Whole only(Collection<Long> numbers) {
		Set<Long> results = new TreeSet<>(numbers);
		Set<Long> blocks = results.stream().map(OutboxBlocks::first).collect(Collectors.toSet());
		return (blocks.size() == 1) ? new Whole(blocks.iterator().next(), results.size()) : null;
	}

	/**
	 * Opens the blocks of some results, as far as they wait to be published; to be called
	 * inside a transaction.
	 */
	void open(Collection<Long> numbers, OffsetDateTime now) {
		numbers.stream().map(OutboxBlocks::first).distinct().sorted().forEach((first) -> {
			// First the block, whose lock keeps others from marking it meanwhile.
			if (this.jdbc.update(OPEN, now, first) == 1) {
				this.jdbc.update(UNMARK, first, first + SIZE - 1);
			}
		});
	}

	/**
	 * Opens blocks of a group that wait to be published for long; to be called inside a
	 * transaction.
	 * @param group the consumer group
	 * @param before only blocks that were stored before this time
	 * @param after only blocks with results of higher numbers
	 * @param limit no more blocks than it takes to have so many results
	 * @param now the time
	 */
	void openStale(String group, OffsetDateTime before, long after, int limit, OffsetDateTime now) {
		List<Long> stale = new ArrayList<>();
		int[] results = new int[1];
		this.jdbc.query(STALE, (row) -> {
			if (results[0] < limit) {
				stale.add(row.getLong("first_number"));
				results[0] += row.getInt("size");
			}
		}, group, before, after, STALE_AT_ONCE);
		open(stale, now);
	}

	private static long first(long number) {
		return number - (number - 1) % SIZE;
	}

	/**
	 * A block of which all results are published.
	 *
	 * @param first the number of its first result
	 * @param size how many results it has
	 */
	record Whole(long first, int size) {

	}

}
