package dev.busbar.store.retention;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The inbox.
 *
 * @param retention How long the inbox remembers a handled event. An event that comes
 * again later is handled again. The event of a dead letter is remembered as long as the
 * letter.
 */
@ConfigurationProperties("busbar.inbox")
public record InboxProperties(@DefaultValue("7d") Duration retention) {

	public InboxProperties {
		if (retention.isNegative() || retention.isZero()) {
			throw new IllegalArgumentException(
					"busbar.inbox.retention is " + retention + ": set a positive duration such as 7d");
		}
	}

}
