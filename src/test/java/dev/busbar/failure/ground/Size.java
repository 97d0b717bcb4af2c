package dev.busbar.failure.ground;

import java.time.Duration;

/**
 * How large the cases are: whole, or short for every build.
 */
public enum Size {

	SHORT, WHOLE;

	/** One of two numbers. */
	public int of(int whole, int shortened) {
		return (this == WHOLE) ? whole : shortened;
	}

	/**
	 * A promised time; in the short form with a margin, since the machine may be busy.
	 */
	public Duration within(Duration promised) {
		return (this == WHOLE) ? promised : promised.multipliedBy(6);
	}

	/** What the system property {@code failure.size} says, {@code whole} without it. */
	public static Size configured() {
		return System.getProperty("failure.size", "whole").equals("short") ? SHORT : WHOLE;
	}

}
