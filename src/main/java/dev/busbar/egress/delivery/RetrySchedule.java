package dev.busbar.egress.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * When a delivery is attempted again.
 *
 * @param pauses the pause before each attempt
 * @param jitter by which part a pause is longer or shorter
 * @param chance gives numbers from 0 to 1
 */
public record RetrySchedule(List<Duration> pauses, double jitter, DoubleSupplier chance) {

	/**
	 * When the first attempt is due.
	 * @param now the time
	 */
	public Instant first(Instant now) {
		return now.plus(varied(this.pauses.get(0)));
	}

	/**
	 * When the next attempt is due.
	 * @param tries how many attempts were made
	 * @param now the time
	 * @param notBefore when the receiver wants to be asked again, null if it did not say
	 * @return the time, null if there is no further attempt
	 */
	public @Nullable Instant next(int tries, Instant now, @Nullable Instant notBefore) {
		if (tries >= this.pauses.size()) {
			return null;
		}
		Instant due = now.plus(varied(this.pauses.get(tries)));
		return (notBefore != null && notBefore.isAfter(due)) ? notBefore : due;
	}

	private Duration varied(Duration pause) {
		double factor = 1 + this.jitter * (2 * this.chance.getAsDouble() - 1);
		return Duration.ofMillis(Math.round(pause.toMillis() * factor));
	}

}
