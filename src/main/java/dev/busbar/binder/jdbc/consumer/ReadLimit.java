package dev.busbar.binder.jdbc.consumer;

/**
 * How many of a partition's records the next read looks at. Where fewer than those were
 * handed over, since no more fitted into the limit of bytes, only a few more than fitted
 * are looked at next: H2 reads all of a record to tell its size, so of 200 records of
 * which eight fit each would be read 25 times.
 */
final class ReadLimit {

	/** One large record among small ones must not make many batches small. */
	private static final int STEP = 4;

	private int next = Integer.MAX_VALUE;

	private int asked;

	/**
	 * How many are looked at next.
	 * @param most how many at most
	 */
	int next(int most) {
		this.asked = Math.min(this.next, most);
		return this.asked;
	}

	/**
	 * Learns from what was read.
	 * @param count how many records were handed over
	 * @param more whether there were more behind them
	 */
	void learn(int count, boolean more) {
		if (count >= this.asked) {
			this.next = (int) Math.min(Integer.MAX_VALUE, (long) STEP * this.asked);
		}
		else if (more) {
			this.next = Math.max(count + count / 4 + 1, this.asked / STEP);
		}
	}

}
