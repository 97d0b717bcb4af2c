package dev.busbar.bench.ground;

import org.jspecify.annotations.Nullable;

/**
 * Who takes part.
 */
public enum Entrant {

	/** Busbar as a library of a small application. */
	BUSBAR("Busbar", "busbar_inbox", 8_000),

	/** The client of the broker and JDBC, by hand. */
	FLOOR("floor", "floor_inbox", 12_000),

	/** Spring Cloud Stream as its documentation shows it. */
	PEER_A("peer (a): Spring Cloud Stream, defaults", null, 3_000),

	/** The same, made as safe by configuration and an idempotent consumer. */
	PEER_B("peer (b): the same, safe", "peer_inbox", 1_500),

	/** The same, with a prefetch like Busbar's. */
	PEER_C("peer (c): the same, safe and tuned", "peer_inbox", 2_000),

	/** The event publication registry of Spring Modulith. */
	MODULITH("Spring Modulith's event registry", null, 2_000);

	private final String title;

	private final @Nullable String inbox;

	private final double guess;

	Entrant(String title, @Nullable String inbox, double guess) {
		this.title = title;
		this.inbox = inbox;
		this.guess = guess;
	}

	public String title() {
		return this.title;
	}

	/** The table with a row per handled event, null if it has none. */
	public @Nullable String inbox() {
		return this.inbox;
	}

	/** How many it may handle in a second, until that is known better. */
	public double guess() {
		return this.guess;
	}

	public boolean isPeer() {
		return this == PEER_A || this == PEER_B || this == PEER_C;
	}

}
