package dev.busbar.handler.batch;

import dev.busbar.handler.HandlingProperties;

/**
 * How many events share a transaction: as many as the observed time of a handling allows,
 * few at first. Used by several threads of one stream without coordination: a lost update
 * only makes the next estimate a little older.
 */
final class ChunkSize {

	private static final int FIRST = 16;

	private final int most;

	private final double batchNanos;

	private volatile double nanosPerEvent;

	ChunkSize(HandlingProperties properties) {
		this.most = properties.batchSize();
		this.batchNanos = properties.batchTime().toNanos();
	}

	int next() {
		double observed = this.nanosPerEvent;
		if (observed == 0) {
			return Math.min(FIRST, this.most);
		}
		return (int) Math.max(1, Math.min(this.most, this.batchNanos / observed));
	}

	/** Learns how long a transaction with a number of events took. */
	void observe(int events, long nanos) {
		double latest = Math.max(1, (double) nanos / events);
		double known = this.nanosPerEvent;
		this.nanosPerEvent = (known == 0 || latest > known) ? latest : 0.8 * known + 0.2 * latest;
	}

}
