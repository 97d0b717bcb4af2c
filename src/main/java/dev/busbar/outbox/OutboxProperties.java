package dev.busbar.outbox;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The outbox.
 *
 * @param retention How long results are kept after they were published. Results that are
 * not yet published are kept without end.
 */
@ConfigurationProperties("busbar.outbox")
public record OutboxProperties(@DefaultValue("7d") Duration retention) {

	public OutboxProperties {
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"busbar.outbox.retention is " + retention + ": set a positive duration such as 7d");
		}
	}

}
