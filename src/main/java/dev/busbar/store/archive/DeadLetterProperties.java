package dev.busbar.store.archive;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The dead letters.
 *
 * @param retention How long dead letters are kept after they were replayed or discarded,
 * and replays of many after they ended. Open dead letters are kept without end.
 */
@ConfigurationProperties("busbar.dead-letters")
public record DeadLetterProperties(@DefaultValue("30d") Duration retention) {

	public DeadLetterProperties {
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"busbar.dead-letters.retention is " + retention + ": set a positive duration such as 30d");
		}
	}

}
