package dev.busbar.binder.jdbc.consumer;

/**
 * How many records of a partition are looked at: not many more than were handed over
 * together before, if those were as large as may be. A database reads all of a record to
 * tell its size (H2 does), so of 200 records of which eight fit into a batch each would
 * be read 25 times.
 */
final class ReadLimit {

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
	void read(int count, boolean more) {
		if (count >= this.asked) {
			this.next = this.asked + Math.min(this.asked, Integer.MAX_VALUE - this.asked);
		}
		else if (more) {
			this.next = count + count / 4 + 1;
		}
	}

}
