package dev.busbar.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

import org.HdrHistogram.Histogram;

/**
 * Orders that are sent at one rate: when each is due, and when its result was seen.
 */
final class Phase {

	private static final long LONGEST = TimeUnit.MINUTES.toMicros(10);

	private final int first;

	private final long[] due;

	private final AtomicLongArray seen;

	private final AtomicInteger missing;

	Phase(int first, int count) {
		this.first = first;
		this.due = new long[count];
		this.seen = new AtomicLongArray(count);
		this.missing = new AtomicInteger(count);
	}

	int first() {
		return this.first;
	}

	/** One past the number of its last order. */
	int end() {
		return this.first + this.due.length;
	}

	void schedule(int rate) {
		long time = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
		for (int i = 0; i < this.due.length; i++) {
			this.due[i] = time;
			time += TimeUnit.SECONDS.toNanos(1) / rate;
		}
	}

	long due(int number) {
		return this.due[number - this.first];
	}

	/** Is told of a result; false if it is not the first of its order. */
	boolean seen(int number, long nanos) {
		// Those before had all been seen when this began.
		if (number < this.first || !this.seen.compareAndSet(number - this.first, 0, nanos)) {
			return false;
		}
		this.missing.decrementAndGet();
		return true;
	}

	/** How many results have not been seen. */
	int missing() {
		return this.missing.get();
	}

	/** How long each took from when it was due, in microseconds. */
	Histogram times() {
		Histogram times = new Histogram(LONGEST, 3);
		for (int i = 0; i < this.due.length; i++) {
			times.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(this.seen.get(i) - this.due[i])));
		}
		return times;
	}

}
