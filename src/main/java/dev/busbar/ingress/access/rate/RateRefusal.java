package dev.busbar.ingress.access.rate;

import java.time.Duration;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;

/**
 * What is said to who has sent too much.
 */
public final class RateRefusal {

	private RateRefusal() {
	}

	/**
	 * Refuses unless there is nothing to wait for.
	 * @param wait how long to wait
	 * @param found what there was too much of
	 * @param remedy what to do, other than to wait
	 * @throws dev.busbar.problem.ProblemException (429, with {@code Retry-After}) if
	 * there is something to wait for
	 */
	public static void unlessZero(Duration wait, String found, String remedy) {
		if (!wait.isZero()) {
			long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
			throw Problem
				.of(ProblemType.RATE_LIMITED,
						found + " Nothing of this request is stored. Send it again after " + seconds + " s, or "
								+ remedy)
				.withHeader("Retry-After", Long.toString(seconds))
				.asException();
		}
	}

}
