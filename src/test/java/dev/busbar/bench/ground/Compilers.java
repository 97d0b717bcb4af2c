package dev.busbar.bench.ground;

import java.io.IOException;

/**
 * The compilers of a program's JVM: on two processors they take a quarter of all until
 * they have nearly nothing left to do, which is a minute for a large program.
 */
public final class Compilers {

	/** How many times as long as at least a program may warm up. */
	public static final int LONGEST = 2;

	private static final int PARTS = 4;

	private static final double REST = 0.25;

	private final Program program;

	private long compiled;

	private long asked = System.nanoTime();

	private double share = 1;

	public Compilers(Program program) throws IOException {
		this.program = program;
		this.compiled = program.compilers().toNanos();
	}

	/**
	 * Lets a program warm up for some seconds, and then on until its compilers are at
	 * rest, or twice as long.
	 * @param name what it is called
	 * @param program what warms up
	 * @param seconds how long at least
	 * @param work lets it work for some seconds
	 */
	public static void warmUp(String name, Program program, double seconds, Work work) throws Exception {
		work.run(seconds);
		Compilers compilers = new Compilers(program);
		for (int part = 0; part < PARTS * (LONGEST - 1); part++) {
			work.run(seconds / PARTS);
			if (compilers.areAtRest()) {
				break;
			}
		}
		System.out.println(compilers.said(name));
	}

	/**
	 * Whether they had less than a quarter of one processor since this was last asked.
	 */
	public boolean areAtRest() throws IOException {
		long now = System.nanoTime();
		long total = this.program.compilers().toNanos();
		this.share = (double) (total - this.compiled) / (now - this.asked);
		this.compiled = total;
		this.asked = now;
		return this.share < REST;
	}

	/** What to say of a program that has warmed up. */
	public String said(String name) {
		return "%s is warm, its compilers take %.2f of a processor".formatted(name, this.share);
	}

	/** Work of a program. */
	@FunctionalInterface
	public interface Work {

		void run(double seconds) throws Exception;

	}

}
