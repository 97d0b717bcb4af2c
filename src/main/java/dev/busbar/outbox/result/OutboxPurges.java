package dev.busbar.outbox.result;

import java.time.Duration;

import dev.busbar.store.retention.Purge;

/**
 * What deletes old results. What still waits to be published is never deleted.
 */
public final class OutboxPurges {

	private static final String RESULTS = """
			delete from busbar_outbox where number in (select o.number from busbar_outbox o%s
			where o.published < ? and (b.first_number is null or b.published < ?) order by o.published limit ?)
			""".formatted(OutboxBlocks.JOIN);

	private static final String BLOCKS = """
			delete from busbar_outbox_block where first_number in (select first_number from busbar_outbox_block
			where published < ? order by published limit ?)
			""";

	private OutboxPurges() {
	}

	/**
	 * Deletes results.
	 * @param retention how long they are kept once they are published
	 * @return the purge
	 */
	public static Purge results(Duration retention) {
		return new Purge("outbox", retention, (jdbc, before, limit) -> jdbc.update(RESULTS, before, before, limit));
	}

	/**
	 * Deletes the marks that results have together.
	 * @param retention how long they are kept once their results are published
	 * @return the purge
	 */
	public static Purge blocks(Duration retention) {
		return new Purge("outbox blocks", retention, BLOCKS);
	}

}
