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

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(300);

	/**
	 * Measures a running program: from the first result on it warms up, and then it is
	 * measured for a time, or until all is done.
	 * @param program what runs
	 * @param stage where its results are counted
	 * @param backlog how many there will be
	 * @param warmUp how long it may warm up
	 * @param window how long it is measured
	 */
	public static Measurement of(Program program, Stage stage, long backlog, Duration warmUp, Duration window)
			throws Exception {
		long deadline = System.nanoTime() + PATIENCE;
		while (stage.results() == 0) {
			pause(program);
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException("No result has come, see " + program.folder());
			}
		}
		long warm = System.nanoTime() + warmUp.toNanos();
		long first = stage.results();
		long start = System.nanoTime();
		while (start < warm && first < backlog) {
			pause(program);
			first = stage.results();
			start = System.nanoTime();
		}
		long last = first;
		long end = start;
		while (end - start < window.toNanos() && last < backlog) {
			pause(program);
			last = stage.results();
			end = System.nanoTime();
		}
		double seconds = (end - start) / 1e9;
		return new Measurement((seconds > 0) ? (last - first) / seconds : 0, seconds);
	}

	private static void pause(Program program) {
		program.check();
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
	}

}
