package dev.busbar.outbox;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The outbox.
 *
 * @param retention How long results are kept after they were published. Results that are
 * not yet published are kept without end.
 * @param maxEvents How many events may wait to be published, scheduled ones included,
 * before those that come in are refused.
 */
@ConfigurationProperties("busbar.outbox")
public record OutboxProperties(@DefaultValue("7d") Duration retention, @DefaultValue("100000") int maxEvents) {

	public OutboxProperties {
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"busbar.outbox.retention is " + retention + ": set a positive duration such as 7d");
		}
		if (maxEvents < 1) {
			throw new IllegalArgumentException(
					"busbar.outbox.max-events is " + maxEvents + ": set a number from 1, such as 100000");
		}
	}

}
