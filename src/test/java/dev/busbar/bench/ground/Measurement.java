package dev.busbar.bench.ground;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast results came.
 *
 * @param rate results a second
 * @param seconds how long was measured
 */
public record Measurement(double rate, double seconds) {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(180);

	/**
	 * Measures a running program: from the first new result on it warms up, and then it
	 * is measured for a time, or until all is done.
	 * @param program what runs
	 * @param stage where its results are counted
	 * @param before how many results there were
	 * @param total how many there will be
	 * @param warmUp how long it may warm up
	 * @param window how long it is measured
	 */
	public static Measurement of(Program program, Stage stage, long before, long total, Duration warmUp,
			Duration window) throws Exception {
		awaitResults(program, stage, before + 1);
		long warm = System.nanoTime() + warmUp.toNanos();
		long first = stage.results();
		long start = System.nanoTime();
		while (start < warm && first < total) {
			pause(program);
			first = stage.results();
			start = System.nanoTime();
		}
		long last = first;
		long end = start;
		while (end - start < window.toNanos() && last < total) {
			pause(program);
			last = stage.results();
			end = System.nanoTime();
		}
		double seconds = (end - start) / 1e9;
		return new Measurement((seconds > 0) ? (last - first) / seconds : 0, seconds);
	}

	/** Waits until there are so many results. */
	public static void awaitResults(Program program, Stage stage, long count) throws Exception {
		long deadline = System.nanoTime() + PATIENCE;
		long results = stage.results();
		while (results < count) {
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException(
						"%,d of %,d results have come, see %s".formatted(results, count, program.folder()));
			}
			pause(program);
			results = stage.results();
		}
	}

	private static void pause(Program program) {
		program.check();
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
	}

}
