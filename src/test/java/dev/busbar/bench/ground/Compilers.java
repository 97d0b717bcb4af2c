package dev.busbar.bench.ground;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The compilers of a program's JVM: on two processors they take a quarter of all until
 * they have nearly nothing left to do, which is a minute for a large program. While it
 * warms up, they and those of all other JVMs go before other threads. Otherwise they get
 * little of busy processors: thousands of methods then wait to be compiled well, and what
 * is measured is code that is not.
 */
public final class Compilers {

	/** How many times as long as at least a program may warm up. */
	public static final int LONGEST = 3;

	private static final int PARTS = 4;

	private static final double REST = 0.1;

	private final Program program;

	/** By thread, since the JVM may end some: what those had is not to be forgotten. */
	private final Map<String, Long> millis = new HashMap<>();

	private long compiled;

	private double share = Double.NaN;

	/**
	 * Begins a warm-up: until its end compilers go before other threads.
	 * @param program what warms up
	 */
	public Compilers(Program program) {
		this.program = program;
		begin();
	}

	/** Those of threads that came since go first, too. */
	private void begin() {
		CompilerThreads.allGoFirst();
		this.compiled = total();
	}

	/**
	 * Lets a program warm up for some seconds, and on until its compilers are at rest, or
	 * three times as long.
	 * @param name what it is called
	 * @param program what warms up
	 * @param least how long at least
	 * @param end when it ends, by {@link System#nanoTime()}, if that is later
	 * @param work lets it work for some seconds
	 */
	public static void warmUp(String name, Program program, Duration least, long end, Work work) throws Exception {
		double seconds = least.toMillis() / 1e3;
		double part = seconds / PARTS;
		Compilers compilers = new Compilers(program);
		work.run(seconds - part);
		compilers.begin();
		boolean warm = false;
		for (int i = 0; i <= PARTS * (LONGEST - 1) && !warm && (i == 0 || System.nanoTime() < end); i++) {
			long start = System.nanoTime();
			work.run(part);
			warm = compilers.areAtRest((System.nanoTime() - start) / 1e9);
		}
		System.out.println(compilers.end(name));
	}

	/**
	 * Whether they had less than a tenth of one processor since this was last asked, or
	 * the warm-up began.
	 * @param seconds how long the program ran in that time
	 */
	public boolean areAtRest(double seconds) {
		long before = this.compiled;
		begin();
		this.share = (this.compiled - before) / 1e3 / seconds;
		return this.share < REST;
	}

	private long total() {
		this.program.compilers().millis().forEach((thread, time) -> this.millis.merge(thread, time, Math::max));
		return this.millis.values().stream().mapToLong(Long::longValue).sum();
	}

	/**
	 * Ends the warm-up: from now on no thread goes before others.
	 * @return what to say of a program that has warmed up
	 */
	public String end(String name) {
		CompilerThreads.allGoAlong();
		return Double.isNaN(this.share) ? name + " has warmed up"
				: "%s has warmed up, its compilers take %.2f of a processor".formatted(name, this.share);
	}

	/** Work of a program. */
	@FunctionalInterface
	public interface Work {

		void run(double seconds) throws Exception;

	}

}
